//! Many things at once, told of in order.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

use crate::failure::Stop;

/// Tells `each` of what `make` makes of every item, in their order, as soon as what came before is there.
pub(crate) fn in_order<I: Sync, T: Send>(
    items: &[I],
    threads: usize,
    make: impl Fn(&I) -> T + Sync,
    mut each: impl FnMut(T) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let (next, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..threads.min(items.len()) {
            let (sender, next, is_over, make) = (sender.clone(), &next, &is_over, &make);
            scope.spawn(move || {
                while !is_over.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { return };
                    if sender.send((index, make(item))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let (mut waiting, mut told) = (BTreeMap::new(), 0_usize);
        for (index, made) in receiver {
            waiting.insert(index, made);
            while let Some(made) = waiting.remove(&told) {
                told = told.saturating_add(1);
                each(made).inspect_err(|_| is_over.store(true, Ordering::Relaxed))?;
            }
        }
        Ok(())
    })
}
