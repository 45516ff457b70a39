//! Comments.

use super::{FILLED, LOOK, NOTE, NOTED, ON_PAGE, Pair, pair, step};
use crate::file::Edit::{Free, Next, Put, Swap};

/// Annotations.
pub(super) const COMMENTS: &[Pair] = &[
    step("annotation_added", "P3", NOTED, &[Swap(61, "/P 3 0 R", "/P 3 0 R/A<</S/URI/URI(x)>>")]),
    step("annotation_level", "P3", NOTED, &[Swap(6, "/X 9 0 R", "/X 60 0 R")]),
    pair("annotation_without_certification", "", FILLED, NOTED),
    pair("annotation_under_p2", "P2", FILLED, NOTED),
    pair(
        "annotation_evil_under_p3",
        "P3",
        &[Put(61, "<</Type/Annot/Subtype/Stamp/Rect[0 0 200 200]/AP<</N 60 0 R>>/P 3 0 R>>"), LOOK, ON_PAGE],
        &[Put(61, "<</Type/Annot/Subtype/Screen/Rect[0 0 200 200]/AP<</N 60 0 R>>/P 3 0 R>>"), LOOK, ON_PAGE],
    ),
    pair(
        "annotation_redact",
        "P3",
        &[Put(61, "<</Type/Annot/Subtype/Redact/Rect[0 0 200 200]/OverlayText(void)/P 3 0 R>>"), ON_PAGE],
        &[Put(61, "<</Type/Annot/Subtype/Watermark/Rect[0 0 200 200]/AP<</N 60 0 R>>/P 3 0 R>>"), LOOK, ON_PAGE],
    ),
    pair(
        "annotation_highlight",
        "P3",
        &[
            Put(61, "<</Type/Annot/Subtype/Highlight/QuadPoints[0 0 9 0 0 9 9 9]/C[1 1 0]/Rect[0 0 9 9]/P 3 0 R>>"),
            ON_PAGE,
        ],
        &[Put(61, "<</Type/Annot/Subtype/Link/QuadPoints[0 0 9 0 0 9 9 9]/C[1 1 0]/Rect[0 0 9 9]/P 3 0 R>>"), ON_PAGE],
    ),
    pair(
        "annotation_ink",
        "P3",
        &[Put(61, "<</Type/Annot/Subtype/Ink/InkList[[0 0 9 9]]/BS<</W 1>>/Rect[0 0 9 9]>>"), ON_PAGE],
        &[Put(61, "<</Type/Annot/Subtype/FileAttachment/FS<</F(x.exe)>>/Rect[0 0 9 9]>>"), ON_PAGE],
    ),
    pair(
        "annotation_sound",
        "P3",
        &[Put(61, "<</Type/Annot/Subtype/Caret/Sy/P/Rect[0 0 9 9]>>"), ON_PAGE],
        &[Put(61, "<</Type/Annot/Subtype/Sound/Sound 60 0 R/Rect[0 0 9 9]>>"), LOOK, ON_PAGE],
    ),
    pair(
        "annotation_widget",
        "P3",
        NOTED,
        &[
            Put(61, "<</Type/Annot/Subtype/Widget/FT/Tx/T(x)/V(void)/Rect[0 0 200 200]/AP<</N 60 0 R>>/P 3 0 R>>"),
            LOOK,
            ON_PAGE,
        ],
    ),
    step("annotation_layer", "P3", NOTED, &[Swap(61, "/P 3 0 R", "/P 3 0 R/OC 23 0 R")]),
    pair(
        "annotation_reply",
        "P3",
        &[Put(61, "<</Type/Annot/Subtype/Text/IRT 50 0 R/RT/R/T(me)/Contents(no)/Rect[0 0 9 9]/P 3 0 R>>"), ON_PAGE],
        &[
            Put(61, "<</Type/Annot/Subtype/Text/IRT<</S/JavaScript>>/RT/R/T(me)/Contents(no)/Rect[0 0 9 9]/P 3 0 R>>"),
            ON_PAGE,
        ],
    ),
    pair(
        "annotation_popup",
        "P3",
        &[
            Put(61, "<</Type/Annot/Subtype/Text/Popup 64 0 R/Contents(no)/Rect[0 0 9 9]/P 3 0 R>>"),
            Put(64, "<</Type/Annot/Subtype/Popup/Parent 61 0 R/Rect[0 0 99 99]/Open false>>"),
            Swap(3, "54 0 R]", "54 0 R 61 0 R 64 0 R]"),
        ],
        &[
            Put(61, "<</Type/Annot/Subtype/Text/Popup 64 0 R/Contents(no)/Rect[0 0 9 9]/P 3 0 R>>"),
            Put(64, "<</Type/Annot/Subtype/Popup/Parent 61 0 R/Rect[0 0 99 99]/AA<</E<</S/JavaScript>>>>>>"),
            ON_PAGE,
        ],
    ),
    pair(
        "annotation_popup_is_one",
        "P3",
        &[Put(61, "<</Type/Annot/Subtype/Text/Popup 51 0 R/Contents(no)/Rect[0 0 9 9]/P 3 0 R>>"), ON_PAGE],
        &[Put(61, "<</Type/Annot/Subtype/Text/Popup 60 0 R/Contents(no)/Rect[0 0 9 9]/P 3 0 R>>"), LOOK, ON_PAGE],
    ),
    pair(
        "annotation_changed",
        "P3",
        &[Swap(50, "(a remark)", "(another remark)")],
        &[Swap(50, "/Subtype/Text", "/Subtype/Link")],
    ),
    pair(
        "annotation_changed_without_certification",
        "",
        &[Put(50, "<</Subtype/Text/Type/Annot/Contents(a remark)/Rect[100 100 110 110]/Popup 51 0 R/P 3 0 R>>")],
        &[Swap(50, "(a remark)", "(another remark)")],
    ),
    pair(
        "annotation_gets_action",
        "P3",
        &[Swap(50, "/Rect[100 100 110 110]", "/Rect[100 100 120 120]/C[1 0 0]")],
        &[Swap(50, "/P 3 0 R", "/P 3 0 R/A<</S/Launch/F(x)>>")],
    ),
    pair(
        "annotation_gets_popup",
        "P3",
        &[
            Swap(53, "/P 3 0 R", "/P 3 0 R/Popup 64 0 R"),
            Put(64, "<</Type/Annot/Subtype/Popup/Parent 53 0 R/Rect[0 0 99 99]>>"),
            Swap(3, "54 0 R]", "54 0 R 64 0 R]"),
        ],
        &[
            Swap(53, "/P 3 0 R", "/P 3 0 R/Popup 64 0 R"),
            Put(64, "<</Type/Annot/Subtype/Widget/Parent 53 0 R/Rect[0 0 99 99]>>"),
        ],
    ),
    pair(
        "annotation_redrawn",
        "P3",
        &[
            Put(57, "<</Type/XObject/Subtype/Form/BBox[0 0 50 20]/Resources 6 0 R>>stream 0 0 9 9 re f"),
            Swap(53, "/P 3 0 R", "/P 3 0 R/M(D:2027)"),
        ],
        &[Put(57, "<</Type/XObject/Subtype/Form/BBox[0 0 50 20]/Resources 6 0 R>>stream 0 0 9 9 re f")],
    ),
    pair(
        "annotation_looks_added",
        "P3",
        &[Swap(50, "/P 3 0 R", "/P 3 0 R/AP<</N 60 0 R>>"), LOOK],
        &[Swap(52, "/P 3 0 R", "/P 3 0 R/AP<</N 60 0 R>>"), LOOK],
    ),
    pair(
        "annotation_looks_used_elsewhere",
        "P3",
        &[Swap(53, "57 0 R", "94 0 R"), Put(94, "<</Subtype/Form/BBox[0 0 50 30]>>stream q Q")],
        &[Swap(53, "57 0 R", "48 0 R"), Put(48, "<</Subtype/Form/BBox[0 0 50 30]>>stream q Q")],
    ),
    pair(
        "annotation_link_changed",
        "P3",
        &[Swap(53, "[100 30 150 50]", "[100 30 150 51]")],
        &[Swap(52, "example.jp", "example.com")],
    ),
    pair(
        "annotation_removed",
        "P3",
        &[Swap(3, "50 0 R 51 0 R ", ""), Free(50), Free(51)],
        &[Swap(3, "52 0 R ", ""), Free(52)],
    ),
    pair(
        "annotation_removed_without_certification",
        "",
        &[Free(24)],
        &[Swap(3, "50 0 R 51 0 R ", ""), Free(50), Free(51)],
    ),
    pair("annotation_field_removed", "P3", &[Swap(3, "53 0 R ", "")], &[Swap(3, "41 0 R ", "")]),
    pair(
        "annotation_order",
        "P3",
        &[Swap(3, "50 0 R 51 0 R ", "50 0 R 61 0 R 51 0 R "), NOTE, LOOK],
        &[Swap(3, "50 0 R 51 0 R ", "51 0 R 50 0 R ")],
    ),
    pair(
        "annotation_is_an_object",
        "P3",
        NOTED,
        &[Swap(3, "54 0 R]", "54 0 R<</Type/Annot/Subtype/Text/Rect[0 0 9 9]>>]")],
    ),
    pair("annotation_is_new", "P3", &[Put(14, "[61 0 R]"), NOTE, LOOK], &[Put(14, "[53 0 R]")]),
    pair(
        "annotation_list_removed",
        "P3",
        &[Swap(3, "53 0 R ", ""), Next, Put(66, "<<>>"), Next, Swap(3, "50 0 R 51 0 R ", ""), Free(50), Free(51)],
        &[Swap(3, "/Annots[40 0 R 41 0 R 42 0 R 43 0 R 45 0 R 46 0 R 50 0 R 51 0 R 52 0 R 53 0 R 96 0 R 54 0 R]", "")],
    ),
    pair(
        "annotation_list_is_one",
        "P3",
        &[Swap(13, "/Annots 14 0 R", "/Annots 65 0 R"), Put(65, "[61 0 R]"), NOTE, LOOK],
        &[Swap(13, "/Annots 14 0 R", "/Annots(none)")],
    ),
    step(
        "annotation_list_shared",
        "P3",
        &[Put(14, "[61 0 R]"), NOTE, LOOK],
        &[Swap(
            3,
            "/Annots[40 0 R 41 0 R 42 0 R 43 0 R 45 0 R 46 0 R 50 0 R 51 0 R 52 0 R 53 0 R 96 0 R 54 0 R]",
            "/Annots 14 0 R",
        )],
    ),
    step("annotation_font_used_by_pages", "P3", NOTED, &[Put(12, "<</Type/Encoding/Differences[65/Z]>>")]),
];
