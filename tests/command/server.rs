//! A server on the loopback interface that answers a few times and ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

/// What one client asked.
pub(crate) struct Question {
    pub(crate) line: String,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

pub(crate) struct Server {
    address: String,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Answers every question with `answer`, raw bytes of HTTP, until dropped.
    pub(crate) fn new(answer: impl Fn(&Question) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().take(100) {
                if !serve(stream.unwrap(), &answer) {
                    return;
                }
            }
        });
        Self { address, thread: Some(thread) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let farewell = TcpStream::connect(&self.address).and_then(|mut stream| stream.write_all(b"STOP\r\n\r\n"));
        if let (Ok(()), Some(thread)) = (farewell, self.thread.take())
            && thread.join().is_err()
            && !std::thread::panicking()
        {
            panic!("the server failed");
        }
    }
}

/// A whole answer.
pub(crate) fn answer(status: &str, content_type: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// Whether to go on. A client that asks for a tunnel, as through a proxy, gets one to this very server.
fn serve(stream: TcpStream, answer: &impl Fn(&Question) -> Vec<u8>) -> bool {
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut reader = BufReader::new(stream);
    let mut question = read(&mut reader);
    if question.line.starts_with("CONNECT ") {
        reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        question = read(&mut reader);
    }
    if question.line.starts_with("STOP") {
        return false;
    }
    // A client may have left already.
    let _ = reader.get_mut().write_all(&answer(&question));
    true
}

fn read(reader: &mut BufReader<TcpStream>) -> Question {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
    let lines: Vec<String> = head.lines().map(str::to_ascii_lowercase).collect();
    let length = lines.iter().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
    let mut body = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    let line = head.lines().next().unwrap_or_default().to_owned();
    Question { line, head, body }
}
