//! Filling in: text fields, choices and buttons.

use super::{DATE, FILLED, LOOK, NOTED, Pair, pair, step};
use crate::file::Edit::{Free, Next, Put, Swap};

/// Text fields.
pub(super) const TEXT: &[Pair] = &[
    step("filling_text", "", FILLED, &[Swap(40, "[10 10 60 20]", "[10 10 160 120]")]),
    pair(
        "filling_text_again",
        "",
        &[Swap(41, "(100)", "(200)"), Put(47, "<</Type/XObject/Subtype/Form/BBox[0 0 50 10]>>stream (200) Tj")],
        &[Put(47, "<</Type/XObject/Subtype/Form/BBox[0 0 50 10]>>stream (200) Tj")],
    ),
    pair("filling_look_needs_value", "", FILLED, &[Swap(40, "/V()", "/V()/AP<</N 60 0 R>>"), LOOK]),
    pair(
        "filling_look_replaced",
        "",
        &[Swap(41, "(100)/Rect[10 30 60 40]/AP<</N 47 0 R>>", "(200)/Rect[10 30 60 40]/AP<</N 60 0 R>>"), LOOK],
        &[Swap(41, "/AP<</N 47 0 R>>", "/AP<</N 60 0 R>>"), LOOK],
    ),
    pair("filling_look_removed", "", &[Swap(41, "(100)", "(200)")], &[Swap(41, "/AP<</N 47 0 R>>", "")]),
    pair(
        "filling_look_is_a_form",
        "",
        &[Swap(41, "(100)", "(200)"), Put(47, "<</Subtype/Form/BBox[0 0 50 10]>>stream (200) Tj")],
        &[Swap(41, "(100)", "(200)"), Put(47, "<</Subtype/Image/Width 1/Height 1>>stream x")],
    ),
    pair(
        "filling_look_used_elsewhere",
        "",
        &[
            Swap(43, "/V(house)", "/V(garden)/AP<</N 94 0 R>>"),
            Put(94, "<</Type/XObject/Subtype/Form/BBox[0 0 50 30]>>stream 0 0 1 1 re f"),
        ],
        &[
            Swap(40, "/V()", "/V(2026)/AP<</N 9 0 R>>"),
            Put(9, "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/OC 23 0 R>>stream q Q"),
        ],
    ),
    step("filling_with_action", "", FILLED, &[Swap(40, "/P 3 0 R", "/P 3 0 R/A<</S/JavaScript/JS(x)>>")]),
    step(
        "filling_with_additional_action",
        "",
        FILLED,
        &[Swap(40, "/P 3 0 R", "/P 3 0 R/AA<</K<</S/JavaScript/JS(x)>>>>")],
    ),
    step("filling_with_another_kind", "", FILLED, &[Swap(40, "/FT/Tx", "/FT/Ch")]),
    step("filling_with_another_name", "", FILLED, &[Swap(40, "(date)", "(price)")]),
    step("filling_with_another_page", "", FILLED, &[Swap(40, "/P 3 0 R", "/P 13 0 R")]),
    pair(
        "filling_with_flags",
        "",
        &[DATE, LOOK, Swap(40, "/P 3 0 R", "/P 3 0 R/Ff 1")],
        &[DATE, LOOK, Swap(40, "/P 3 0 R", "/P 3 0 R/Ff 8192")],
    ),
    pair(
        "filling_with_default_value",
        "",
        &[DATE, LOOK, Swap(40, "/P 3 0 R", "/P 3 0 R/M(D:2026)")],
        &[DATE, LOOK, Swap(40, "/P 3 0 R", "/P 3 0 R/DV(2026)")],
    ),
    step("filling_with_other_decoration", "", FILLED, &[Swap(40, "/P 3 0 R", "/P 3 0 R/MK<</BG[1]>>")]),
    step("filling_with_layer", "", FILLED, &[Swap(40, "/P 3 0 R", "/P 3 0 R/OC 23 0 R")]),
    pair("filling_value_of_another_type", "", FILLED, &[Swap(40, "/V()", "/V 5 0 R")]),
    step("filling_rich_value", "", FILLED, &[Swap(40, "/P 3 0 R", "/P 3 0 R/RV(<b>2027</b>)")]),
    step("filling_emptied", "", &[Swap(41, "/V(100)", "")], &[Swap(41, "/F", "/X/F")]),
    pair(
        "filling_widget_apart",
        "",
        &[
            Swap(55, "(as agreed)", "(otherwise)"),
            Put(
                58,
                "<</Type/XObject/Subtype/Form/BBox[0 0 50 10]/Resources<</Font<</F 8 0 R>>>>>>stream (otherwise) Tj",
            ),
        ],
        &[Swap(54, "/AP<</N 58 0 R>>", "/AP<</N 60 0 R>>"), LOOK],
    ),
    step(
        "filling_widget_moved",
        "",
        &[Swap(55, "(as agreed)", "(otherwise)"), Swap(54, "58 0 R", "60 0 R"), LOOK],
        &[Swap(54, "[10 110 60 120]", "[10 110 99 120]")],
    ),
    step(
        "filling_widget_hidden",
        "",
        &[Swap(55, "(as agreed)", "(otherwise)")],
        &[Swap(54, "/P 3 0 R", "/P 3 0 R/F 2")],
    ),
    step(
        "filling_kids_changed",
        "",
        &[Swap(55, "(as agreed)", "(otherwise)")],
        &[Swap(55, "[54 0 R]", "[54 0 R 40 0 R]")],
    ),
    pair(
        "filling_freed_look",
        "",
        &[
            Swap(41, "(100)/Rect[10 30 60 40]/AP<</N 47 0 R>>", "(200)/Rect[10 30 60 40]/AP<</N 60 0 R>>"),
            LOOK,
            Free(47),
        ],
        &[Swap(41, "(100)", "(200)"), Free(47)],
    ),
    step("filling_and_font", "", FILLED, &[Swap(8, "Helvetica", "Wingdings")]),
    step(
        "filling_and_new_font",
        "",
        &[
            DATE,
            Put(60, "<</Subtype/Form/BBox[0 0 50 10]/Resources<</Font<</G 63 0 R>>>>>>stream q Q"),
            Put(63, "<</Type/Font/Subtype/Type1/BaseFont/Courier>>"),
        ],
        &[Swap(6, "/F 8 0 R", "/F 63 0 R")],
    ),
    pair(
        "filling_twice",
        "",
        &[DATE, LOOK, Next, Swap(40, "(2026)", "(2027)")],
        &[DATE, LOOK, Next, Put(60, "<</Type/XObject/Subtype/Form/BBox[0 0 50 10]>>stream (2027) Tj")],
    ),
    pair("filling_under_p2", "P2", FILLED, NOTED),
    pair("filling_under_p1", "P1", &[Swap(30, "[31 0 R]", "[31 0 R 60 0 R]"), Put(60, "<<>>stream more")], FILLED),
    step("filling_under_p3", "P3", FILLED, &[Swap(40, "[10 10 60 20]", "[10 10 90 20]")]),
    pair("filling_closed", "", &[Swap(41, "/P 3 0 R", "/P 3 0 R/Ff 1")], &[Swap(41, "/P 3 0 R", "/P 3 0 R/Ff 2")]),
    pair("filling_opened", "", &[Swap(43, "/Ff 131072", "/Ff 131073")], &[Swap(43, "/Ff 131072", "/Ff 0")]),
    pair("filling_closed_seal", "", &[Swap(93, "/F 4", "/F 4/Ff 1")], &[Swap(93, "/F 4", "/F 4/Ff 3")]),
    pair(
        "filling_inherited_value",
        "",
        &[Swap(45, "/AS/Off", "/AS/a"), Swap(44, "/V/Off", "/V/a")],
        &[Swap(45, "/AS/Off", "/AS/a")],
    ),
];

/// Choice fields.
pub(super) const CHOICES: &[Pair] = &[
    pair("choice_of_its_options", "", &[Swap(43, "/V(house)", "/V(garden)")], &[Swap(43, "/V(house)", "/V(castle)")]),
    pair(
        "choice_with_other_options",
        "",
        &[Swap(43, "/V(house)", "/V(garden)/I[1]")],
        &[Swap(43, "/V(house)", "/V(garden)"), Swap(43, "(house)(garden)", "(garden)(house)")],
    ),
    pair(
        "choice_with_labels",
        "",
        &[Swap(43, "/V(house)", "/V(garden)/TI 0")],
        &[Swap(43, "/V(house)", "/V(garden)"), Swap(43, "(garden)]", "[(garden)(castle)]]")],
    ),
    pair("choice_of_one", "", &[Swap(43, "/V(house)", "/V(garden)")], &[Swap(43, "/V(house)", "/V[(house)(garden)]")]),
    pair("choice_of_none", "", &[Swap(43, "/V(house)", "")], &[Swap(43, "/V(house)", "/V 3")]),
];

/// Check boxes and radio buttons.
pub(super) const BUTTONS: &[Pair] = &[
    pair(
        "button_checked",
        "",
        &[Swap(42, "/V/Off/AS/Off", "/V/Yes/AS/Yes")],
        &[Swap(42, "/V/Off/AS/Off", "/V/Off/AS/Yes")],
    ),
    pair(
        "button_shows_what_it_could",
        "",
        &[Swap(42, "/V/Off/AS/Off", "/V/Yes/AS/Yes")],
        &[Swap(42, "/Yes 48 0 R", "/Yes 60 0 R"), LOOK],
    ),
    step(
        "button_state_redrawn",
        "",
        &[Swap(42, "/V/Off/AS/Off", "/V/Yes/AS/Yes")],
        &[Put(49, "<</Type/XObject/Subtype/Form/BBox[0 0 10 10]>>stream 0 0 9 9 re f")],
    ),
    pair(
        "button_of_unknown_state",
        "",
        &[Swap(42, "/V/Off/AS/Off", "/V/Yes/AS/Yes")],
        &[Swap(42, "/V/Off/AS/Off", "/V/No/AS/No")],
    ),
    pair(
        "button_unchecked",
        "",
        &[Swap(42, "/V/Off/AS/Off", "/V/Yes/AS/Yes"), Next, Swap(42, "/V/Yes/AS/Yes", "/V/Off/AS/Off")],
        &[Swap(42, "/V/Off/AS/Off", "/V/Yes/AS/Yes"), Next, Swap(42, "/AS/Yes", "/AS/Off")],
    ),
    pair(
        "button_radio",
        "",
        &[Swap(44, "/V/Off", "/V/b"), Swap(46, "/AS/Off", "/AS/b")],
        &[Swap(44, "/V/Off", "/V/a"), Swap(46, "/AS/Off", "/AS/b")],
    ),
    pair(
        "button_radio_another",
        "",
        &[
            Swap(44, "/V/Off", "/V/b"),
            Swap(46, "/AS/Off", "/AS/b"),
            Next,
            Swap(44, "/V/b", "/V/a"),
            Swap(46, "/AS/b", "/AS/Off"),
            Swap(45, "/AS/Off", "/AS/a"),
        ],
        &[
            Swap(44, "/V/Off", "/V/b"),
            Swap(46, "/AS/Off", "/AS/b"),
            Next,
            Swap(44, "/V/b", "/V/a"),
            Swap(45, "/AS/Off", "/AS/a"),
        ],
    ),
    pair(
        "button_value_without_state",
        "",
        &[Swap(44, "/V/Off", "/V/a"), Swap(45, "/AS/Off", "/AS/a")],
        &[Swap(44, "/V/Off", "/V(a)"), Swap(45, "/AS/Off", "/AS/a")],
    ),
];

/// Looks that are no part of the file.
pub(super) const ELSEWHERE: &[Pair] = &[
    pair("filling_look_in_another_file", "", FILLED, &[DATE, Put(60, "<</Subtype/Form/BBox[0 0 9 9]/F(x)>>stream x")]),
    pair(
        "filling_look_of_another_document",
        "",
        FILLED,
        &[DATE, Put(60, "<</Subtype/Form/BBox[0 0 9 9]/Ref<</F(x.pdf)/Page 0>>>>stream x")],
    ),
    pair("filling_look_by_a_program", "", FILLED, &[DATE, Put(60, "<</Type/XObject/Subtype/PS>>stream x")]),
];
