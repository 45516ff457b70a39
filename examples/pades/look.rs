//! What people will see of a signature: its seal, and the fields that are filled with it.

use std::path::PathBuf;

use pades_ltv::{Align, Appearance, Font, Image, Page, Placement, Signing};

use crate::arguments::Arguments;
use crate::failure::{During, Stop};
use crate::inputs;
use crate::messages::Message;

/// As the command line says it.
#[derive(Debug, Default)]
pub(crate) struct Look {
    fills: Vec<(String, String)>,
    seal: Option<PathBuf>,
    text: Option<String>,
    font: Option<PathBuf>,
    page: Option<Page>,
    rect: Option<[f64; 4]>,
}

/// With its files read.
pub(crate) struct Drawn {
    fills: Vec<(String, String)>,
    font: Option<Font>,
    seal: Option<(Appearance, Placement)>,
}

impl Look {
    /// Takes `option` with its value, if it is one of these.
    pub(crate) fn take(&mut self, option: &str, arguments: &mut Arguments) -> Result<bool, Stop> {
        match option {
            "fill" => {
                let (name, value) = arguments.parsed(option, "NAME=VALUE", fill)?;
                if self.fills.iter().any(|(other, _)| *other == name) {
                    return Err(arguments.wrong(Message::FilledTwice(name)));
                }
                self.fills.push((name, value));
            }
            "seal" => self.seal = Some(arguments.path(option)?),
            "seal-text" => self.text = Some(arguments.text(option)?),
            "font" => self.font = Some(arguments.path(option)?),
            "page" => self.page = Some(arguments.parsed(option, "1, 2, 3 … | last", page)?),
            "rect" => self.rect = Some(arguments.parsed(option, RECT, rect)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Whether every option has something to act on.
    pub(crate) fn check(&self, arguments: &Arguments) -> Result<(), Stop> {
        let has_seal = self.seal.is_some() || self.text.is_some();
        let problem = if self.page.is_some() && self.rect.is_none() {
            Message::OnlyWith("page", "rect")
        } else if self.rect.is_some() && !has_seal {
            Message::OnlyWith("rect", "seal | --seal-text")
        } else if self.font.is_some() && self.text.is_none() && self.fills.is_empty() {
            Message::OnlyWith("font", "fill | --seal-text")
        } else if self.font.is_none() && self.text.is_some() {
            Message::NeedsFont("seal-text")
        } else {
            return Ok(());
        };
        Err(arguments.wrong(problem))
    }

    /// Reads the image and the font.
    pub(crate) fn read(&self) -> Result<Drawn, Stop> {
        let cannot_use = |option: &'static str, path: &PathBuf| Message::CannotUse { option, path: path.clone() };
        let font = match &self.font {
            Some(path) => {
                let font = inputs::small(path).and_then(|bytes| Font::from_bytes(bytes, 0));
                Some(font.during(|| cannot_use("font", path))?)
            }
            None => None,
        };
        let image = match &self.seal {
            Some(path) => {
                let image = inputs::small(path).and_then(|bytes| Image::from_bytes(&bytes));
                Some(image.during(|| cannot_use("seal", path))?)
            }
            None => None,
        };
        let text = self.text.as_ref().zip(font.as_ref()).map(|(text, font)| pades_ltv::Text::new(text, font));
        let shown = self.shown(image.as_ref(), text);
        Ok(Drawn { fills: self.fills.clone(), font, seal: shown.map(|shown| (shown, self.placement())) })
    }

    fn shown(&self, image: Option<&Image>, text: Option<pades_ltv::Text>) -> Option<Appearance> {
        match (image, text) {
            (None, None) => None,
            (Some(image), None) => Some(Appearance::new().image(image)),
            (None, Some(text)) => Some(Appearance::new().text(text)),
            (Some(image), Some(text)) => {
                let image = Appearance::new().image(image);
                let both = Appearance::new();
                Some(match self.is_upright() {
                    true => {
                        let text = Appearance::new().text(text.align(Align::Center));
                        both.part([0.0, 0.32, 1.0, 1.0], image).part([0.0, 0.0, 1.0, 0.28], text)
                    }
                    false => {
                        let text = Appearance::new().text(text);
                        both.part([0.0, 0.0, 0.38, 1.0], image).part([0.42, 0.0, 1.0, 1.0], text)
                    }
                })
            }
        }
    }

    /// Whether image and text stand one above the other; side by side they need a place that is wider than high.
    fn is_upright(&self) -> bool {
        self.rect.is_some_and(|[x0, y0, x1, y1]| (x1 - x0).abs() < 1.5 * (y1 - y0).abs())
    }

    fn placement(&self) -> Placement {
        match self.rect {
            Some(rect) => Placement::at(self.page.unwrap_or(Page::Number(1)), rect),
            None => Placement::in_field(),
        }
    }
}

impl Drawn {
    /// The names of the fields to be filled.
    pub(crate) fn filled(&self) -> impl Iterator<Item = &str> {
        self.fills.iter().map(|(name, _)| name.as_str())
    }

    pub(crate) fn show<'d>(&self, mut signing: Signing<'d>) -> Signing<'d> {
        for (name, value) in &self.fills {
            signing = match &self.font {
                Some(font) => signing.fill(name, value, font),
                // Check boxes and radio buttons have their pictures.
                None => signing.check(name, value),
            };
        }
        match &self.seal {
            Some((appearance, placement)) => signing.seal(appearance.clone(), *placement),
            None => signing,
        }
    }
}

const RECT: &str = "x0,y0,x1,y1 (1/72 inch): 400,700,480,780";

fn fill(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    (!name.is_empty()).then(|| (name.to_owned(), value.to_owned()))
}

fn page(text: &str) -> Option<Page> {
    match text {
        "last" => Some(Page::Last),
        _ => text.parse().ok().filter(|number| *number > 0).map(Page::Number),
    }
}

fn rect(text: &str) -> Option<[f64; 4]> {
    let numbers: Option<Vec<f64>> = text.split(',').map(|number| number.trim().parse().ok()).collect();
    let rect: [f64; 4] = numbers?.try_into().ok()?;
    let [x0, y0, x1, y1] = rect;
    (rect.iter().all(|number| number.is_finite()) && x0 != x1 && y0 != y1).then_some(rect)
}
