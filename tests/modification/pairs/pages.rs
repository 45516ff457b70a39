//! Pages and what they show.

use super::{IN_FORM, LOOK, ON_PAGE, Pair, pair};
use crate::file::Edit::{self, Free, Put, Swap, Trailer};

/// Pages.
pub(super) const PAGES: &[Pair] = &[
    pair(
        "page_content",
        "",
        &[Put(5, "<<>>stream BT /F 12 Tf (The price is 100.) Tj ET /X Do")],
        &[Swap(5, "100", "900")],
    ),
    pair(
        "page_content_added",
        "",
        &[Swap(13, "/Contents[5 0 R]", "/Contents [ 5 0 R ]")],
        &[Swap(13, "/Contents[5 0 R]", "/Contents[5 0 R 60 0 R]"), LOOK],
    ),
    pair(
        "page_resources",
        "",
        &[Put(6, "<</ExtGState<</G 77 0 R>>/Properties<</O 23 0 R>>/XObject<</X 9 0 R>>/Font<</F 8 0 R>>>>")],
        &[Swap(6, "/X 9 0 R", "/X 48 0 R")],
    ),
    pair(
        "page_resources_own",
        "",
        &[Swap(3, "/MediaBox[0 0 200 200]", "/MediaBox[0 0 200.0 200]")],
        &[
            Swap(3, "/Resources 6 0 R", "/Resources<</Font<</F 65 0 R>>/XObject<</X 9 0 R>>>>"),
            Put(65, "<</Type/Font/Subtype/Type1/BaseFont/Symbol>>"),
        ],
    ),
    pair(
        "page_font",
        "",
        &[Put(8, "<</Subtype/Type1/Type/Font/Encoding 12 0 R/BaseFont/Helvetica>>")],
        &[Swap(8, "Helvetica", "Symbol")],
    ),
    pair("page_font_encoding", "", &[Put(12, "<</Type /Encoding /Differences [65 /A]>>")], &[Swap(12, "65/A", "65/B")]),
    pair(
        "page_image",
        "",
        &[Put(9, "<</Type/XObject/Subtype/Form/OC 23 0 R/BBox[0 0 9 9]>>stream 0 0 9 9 re f")],
        &[Put(9, "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/OC 23 0 R>>stream 1 1 9 9 re f")],
    ),
    pair(
        "page_image_layer",
        "",
        &[Put(77, "<</CA 1.0/Type/ExtGState>>")],
        &[Put(9, "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]>>stream 0 0 9 9 re f")],
    ),
    pair("page_transparency", "", &[Put(77, "<</Type/ExtGState/CA +1>>")], &[Swap(77, "/CA 1", "/CA 0")]),
    pair("page_box", "", &[Swap(13, "[0 0 200 200]", "[0 0 200 200.]")], &[Swap(13, "[0 0 200 200]", "[0 0 200 100]")]),
    pair(
        "page_rotated",
        "",
        &[Swap(3, "/Type/Page", "/Type/Page/LastModified(D:2027)")],
        &[Swap(3, "/Type/Page", "/Type/Page/Rotate 180")],
    ),
    pair(
        "page_tabs",
        "",
        &[Swap(3, "/Type/Page", "/Type/Page/Tabs/R")],
        &[Swap(3, "/Type/Page", "/Type/Page/Trans<</S/Fly>>")],
    ),
    pair(
        "page_actions",
        "",
        &[Swap(3, "/Type/Page", "/Type/Page/LastModified(D:2027)")],
        &[Swap(3, "/Type/Page", "/Type/Page/AA<</O<</S/JavaScript/JS(x)>>>>")],
    ),
    pair(
        "page_units",
        "",
        &[Swap(3, "/Type/Page", "/Type/Page/Tabs/S")],
        &[Swap(3, "/Type/Page", "/Type/Page/UserUnit 2")],
    ),
    pair(
        "page_added",
        "",
        &[Put(66, "<</Type/Page/MediaBox[0 0 9 9]>>")],
        &[
            Swap(2, "13 0 R]/Count 2", "13 0 R 66 0 R]/Count 3"),
            Put(66, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"),
        ],
    ),
    pair("page_removed", "", &[Free(24)], &[Swap(2, "3 0 R 13 0 R]/Count 2", "3 0 R]/Count 1")]),
    pair(
        "page_order",
        "",
        &[Put(2, "<</Type/Pages/Kids [3 0 R 13 0 R] /Count 2>>")],
        &[Swap(2, "3 0 R 13 0 R", "13 0 R 3 0 R")],
    ),
    pair("page_freed", "", &[Free(24)], &[Free(13)]),
    pair(
        "page_inherits",
        "",
        &[Put(2, "<</Kids[3 0 R 13 0 R]/Count 2/Type/Pages>>")],
        &[Swap(2, "/Count 2", "/Count 2/Rotate 90")],
    ),
    pair("page_becomes_something_else", "", &[Put(66, "<<>>")], &[Swap(13, "/Type/Page/", "/Type/Template/")]),
];

const WAITING: Edit =
    Put(61, "<</Type/Annot/Subtype/Widget/FT/Sig/T(other)/Rect[10 10 99 99]/AP<</N 60 0 R>>/P 3 0 R>>");

/// What writers do besides what they were asked for.
pub(super) const WRITERS: &[Pair] = &[
    pair(
        "page_repeats_what_it_inherits",
        "inherits",
        &[Swap(3, "/Type/Page", "/Type/Page/CropBox[0 0 200.0 200]/Rotate 0")],
        &[Swap(3, "/Type/Page", "/Type/Page/CropBox[0 0 200 100]/Rotate 0")],
    ),
    pair(
        "page_says_what_it_does_not_inherit",
        "inherits",
        &[Swap(13, "/Type/Page", "/Type/Page/Rotate 0")],
        &[Swap(13, "/Type/Page", "/Type/Page/UserUnit 1")],
    ),
    pair("trailer_size", "", &[Trailer("/Size 130")], &[Trailer("/Size 20")]),
    pair(
        "presentation_under_certification",
        "P2",
        &[Swap(1, "(ja)", "(en)")],
        &[Swap(1, "(ja)", "(en)/URI<</Base(x)>>")],
    ),
    pair(
        "presentation_under_strict_certification",
        "P1",
        &[Swap(30, "[31 0 R]", "[31 0 R 31 0 R]")],
        &[Swap(1, "(ja)", "(en)")],
    ),
    pair(
        "signature_field_that_waits",
        "",
        &[WAITING, Put(60, "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]>>stream "), IN_FORM, ON_PAGE],
        &[WAITING, LOOK, IN_FORM, ON_PAGE],
    ),
];
