//! Signing again, what was signed written again, and groups of fields.

use super::{
    DATE, FIELD, FIELD_SIGNED, IN_FORM, JOINED, JOINS, LOOK, MEMBER, ON_PAGE, Pair, SIGNATURE, SIGNED, STAMP, pair,
    step,
};
use crate::file::Edit::{Free, Next, Put, Swap};

/// More signatures.
pub(super) const SIGNATURES: &[Pair] = &[
    step("signing_new_field", "", SIGNED, &[Swap(61, "/F 132", "/F 132/A<</S/Launch>>")]),
    step("signing_old_field", "", FIELD_SIGNED, &[Swap(92, "/T(Signature2)", "/T(Signature3)")]),
    step(
        "signing_seal",
        "",
        &[Swap(93, "/F 4", "/F 4/V 62 0 R/AP<</N 60 0 R>>"), SIGNATURE, LOOK],
        &[Swap(93, "[100 60 150 90]", "[0 0 200 200]")],
    ),
    pair(
        "signing_not_signed",
        "",
        &[Put(61, "<</Type/Annot/Subtype/Widget/FT/Sig/T(other)/Rect[10 10 99 99]/P 3 0 R>>"), IN_FORM, ON_PAGE],
        &[
            Put(61, "<</Type/Annot/Subtype/Widget/FT/Sig/T(other)/Rect[10 10 99 99]/AP<</N 60 0 R>>/P 3 0 R>>"),
            LOOK,
            IN_FORM,
            ON_PAGE,
        ],
    ),
    pair(
        "signing_decorated_not_signed",
        "",
        &[
            Put(61, "<</Type/Annot/Subtype/Widget/FT/Sig/T(other)/Rect[0 0 0 0]/MK<</BG[1 0 0]>>/P 3 0 R>>"),
            IN_FORM,
            ON_PAGE,
        ],
        &[
            Put(61, "<</Type/Annot/Subtype/Widget/FT/Sig/T(other)/Rect[10 10 99 99]/MK<</BG[1 0 0]>>/P 3 0 R>>"),
            IN_FORM,
            ON_PAGE,
        ],
    ),
    pair(
        "signing_seal_redrawn",
        "",
        &[
            Swap(93, "/F 4", "/F 4/V 62 0 R/AP<</N 94 0 R>>"),
            SIGNATURE,
            Put(94, "<</Subtype/Form/BBox[0 0 50 30]>>stream q Q"),
        ],
        &[Swap(93, "/F 4", "/F 4/AP<</N 60 0 R>>"), LOOK],
    ),
    pair(
        "signing_covers_its_revision",
        "",
        SIGNED,
        &[
            FIELD,
            Put(
                62,
                "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[0 100 134 100]/Contents<30>>>",
            ),
            IN_FORM,
            ON_PAGE,
        ],
    ),
    pair(
        "signing_is_a_signature",
        "",
        SIGNED,
        &[FIELD, Put(62, "<</Type/Sig/Filter/Adobe.PPKLite>>"), IN_FORM, ON_PAGE],
    ),
    pair(
        "signing_value_is_new",
        "",
        SIGNED,
        &[
            Put(61, "<</Type/Annot/Subtype/Widget/FT/Sig/T(other)/V 91 0 R/Rect[0 0 0 0]/F 132/P 3 0 R>>"),
            IN_FORM,
            ON_PAGE,
        ],
    ),
    pair(
        "signing_value_is_a_dictionary",
        "",
        SIGNED,
        &[
            Put(61, "<</Type/Annot/Subtype/Widget/FT/Sig/T(other)/V(signed)/Rect[0 0 0 0]/F 132/P 3 0 R>>"),
            IN_FORM,
            ON_PAGE,
        ],
    ),
    step("signing_one_field_each", "", SIGNED, &[Swap(92, "(Signature2)", "(Signature2)/V 62 0 R")]),
    pair(
        "signing_another_name",
        "",
        SIGNED,
        &[
            Put(61, "<</Type/Annot/Subtype/Widget/FT/Sig/T(price)/V 62 0 R/Rect[0 0 0 0]/F 132/P 3 0 R>>"),
            SIGNATURE,
            IN_FORM,
            ON_PAGE,
        ],
    ),
    pair(
        "signing_with_a_name",
        "",
        SIGNED,
        &[
            Put(61, "<</Type/Annot/Subtype/Widget/FT/Sig/V 62 0 R/Rect[0 0 0 0]/F 132/P 3 0 R>>"),
            SIGNATURE,
            IN_FORM,
            ON_PAGE,
        ],
    ),
    pair(
        "signing_field_of_its_kind",
        "",
        SIGNED,
        &[Put(61, "<</Type/Annot/Subtype/Widget/FT/Tx/T(other)/V(new)/Rect[10 10 90 90]/P 3 0 R>>"), IN_FORM, ON_PAGE],
    ),
    pair(
        "signing_kid",
        "",
        &[
            Put(61, "<</FT/Sig/T(other)/V 62 0 R/Kids[64 0 R]>>"),
            Put(64, "<</Type/Annot/Subtype/Widget/Parent 61 0 R/Rect[0 0 0 0]/F 132/P 3 0 R>>"),
            SIGNATURE,
            IN_FORM,
            Swap(3, "54 0 R]", "54 0 R 64 0 R]"),
        ],
        &[
            Put(61, "<</FT/Sig/T(other)/V 62 0 R/Kids[64 0 R]>>"),
            Put(
                64,
                "<</Type/Annot/Subtype/Widget/Parent 61 0 R/Rect[0 0 0 0]/F 132/P 3 0 R/AA<</E<</S/JavaScript>>>>>>",
            ),
            SIGNATURE,
            IN_FORM,
            Swap(3, "54 0 R]", "54 0 R 64 0 R]"),
        ],
    ),
    pair(
        "signing_fields_in_order",
        "",
        SIGNED,
        &[FIELD, SIGNATURE, Swap(4, "40 0 R 41 0 R", "61 0 R 40 0 R 41 0 R"), ON_PAGE],
    ),
    pair(
        "signing_fields_kept",
        "",
        SIGNED,
        &[FIELD, SIGNATURE, Swap(4, "41 0 R ", ""), Swap(4, "55 0 R]", "55 0 R 61 0 R]"), ON_PAGE],
    ),
    pair("signing_field_listed", "", SIGNED, &[FIELD, SIGNATURE, ON_PAGE]),
    pair(
        "signing_field_is_an_object",
        "",
        SIGNED,
        &[SIGNATURE, Swap(4, "55 0 R]", "55 0 R<</FT/Sig/T(other)/V 62 0 R>>]")],
    ),
    pair("signing_under_p1", "P1", &[FIELD, STAMP, IN_FORM, ON_PAGE], SIGNED),
    step("signing_under_p2", "P2", SIGNED, &[Swap(13, "[0 0 200 200]", "[0 0 99 99]")]),
    pair(
        "signing_sneaky_under_p2",
        "P2",
        &[
            Put(
                61,
                "<</Type/Annot/Subtype/Widget/FT/Sig/T(other)/V 62 0 R/Rect[0 0 200 200]/F 4/AP<</N 60 0 R>>/P 3 0 R>>",
            ),
            LOOK,
            SIGNATURE,
            IN_FORM,
            ON_PAGE,
        ],
        &[
            Put(61, "<</Type/Annot/Subtype/Widget/FT/Sig/T(other)/Rect[0 0 200 200]/F 4/AP<</N 60 0 R>>/P 3 0 R>>"),
            LOOK,
            IN_FORM,
            ON_PAGE,
        ],
    ),
    pair(
        "signing_sneaky_under_p3",
        "P3",
        &[
            Put(
                61,
                "<</Type/Annot/Subtype/Widget/FT/Sig/T(other)/V 62 0 R/Rect[0 0 200 200]/F 4/AP<</N 60 0 R>>/P 3 0 R>>",
            ),
            LOOK,
            SIGNATURE,
            IN_FORM,
            ON_PAGE,
        ],
        &[
            Put(61, "<</Type/Annot/Subtype/Widget/FT/Sig/T(other)/Rect[0 0 200 200]/F 4/MK<</CA(void)>>/P 3 0 R>>"),
            IN_FORM,
            ON_PAGE,
        ],
    ),
    step("signing_and_content", "", SIGNED, &[Put(5, "<<>>stream BT /F 12 Tf (The price is 900.) Tj ET")]),
    step("signing_form_flags", "", SIGNED, &[Swap(4, "/SigFlags 3", "/SigFlags 1")]),
    pair(
        "signing_twice",
        "",
        &[
            FIELD,
            SIGNATURE,
            IN_FORM,
            ON_PAGE,
            Next,
            Swap(92, "(Signature2)", "(Signature2)/V 65 0 R"),
            Put(65, "<<@sig>>"),
        ],
        &[FIELD, SIGNATURE, IN_FORM, ON_PAGE, Next, Swap(62, "(seen)", "(agreed)")],
    ),
    pair(
        "signing_seen_by_the_next",
        "",
        &[DATE, LOOK, Next, FIELD, SIGNATURE, IN_FORM, ON_PAGE],
        &[Swap(5, "100", "900"), Next, FIELD, SIGNATURE, IN_FORM, ON_PAGE],
    ),
    step("stamp_new_field", "", &[FIELD, STAMP, IN_FORM, ON_PAGE], &[Swap(61, "/F 132", "/F 132/PMD<</X 1>>")]),
    pair(
        "stamp_under_p1_is_hidden",
        "P1",
        &[FIELD, STAMP, IN_FORM, ON_PAGE],
        &[
            Put(
                61,
                "<</Type/Annot/Subtype/Widget/FT/Sig/T(other)/V 62 0 R/Rect[0 0 99 99]/F 4/AP<</N 60 0 R>>/P 3 0 R>>",
            ),
            LOOK,
            STAMP,
            IN_FORM,
            ON_PAGE,
        ],
    ),
    pair(
        "stamp_direct_list",
        "",
        &[FIELD, STAMP, IN_FORM, Swap(61, "/P 3 0 R", "/P 13 0 R"), Put(14, "[61 0 R]")],
        &[FIELD, STAMP, IN_FORM, Swap(61, "/P 3 0 R", "/P 13 0 R"), Put(14, "[61 0 R 52 0 R]")],
    ),
];

/// The signature itself, and others, written again.
pub(super) const REWRITTEN: &[Pair] = &[
    pair("redefined_reason", "", FIELD_SIGNED, &[Swap(91, "(agreed)", "(refused)")]),
    pair("redefined_name", "", &[Put(66, "<<>>")], &[Swap(91, "/Reason", "/Name(somebody)/Reason")]),
    pair("redefined_field_emptied", "", FIELD_SIGNED, &[Swap(90, "/V 91 0 R", "")]),
    pair("redefined_field_value", "", FIELD_SIGNED, &[Swap(90, "/V 91 0 R", "/V 62 0 R"), SIGNATURE]),
    pair("redefined_field_moved", "", &[Swap(90, "/F 132", "/F 132/Ff 1")], &[Swap(90, "[0 0 0 0]", "[0 0 99 99]")]),
    pair("redefined_field_removed", "", &[Put(66, "<<>>")], &[Swap(4, "90 0 R ", "")]),
    pair("redefined_freed", "", &[Free(24)], &[Free(91)]),
    pair("redefined_perms", "P2", &[Swap(1, "/Lang(ja)", "/Lang(ja-JP)")], &[Swap(1, "/Perms<</DocMDP 91 0 R>>", "")]),
    pair(
        "redefined_perms_added",
        "",
        &[Swap(1, "/Lang(ja)", "/Lang(en)")],
        &[Swap(1, "/Lang(ja)", "/Lang(ja)/Perms<</DocMDP 91 0 R>>")],
    ),
    pair(
        "redefined_lock_removed",
        "lock /Action/All",
        &[Swap(90, "/F 132", "/F 132/Ff 1")],
        &[Swap(90, "/Lock<</Type/SigFieldLock/Action/All>>", "")],
    ),
    pair("shared_value", "", FIELD_SIGNED, &[Swap(92, "(Signature2)", "(Signature2)/V 91 0 R")]),
];

/// Groups of fields.
pub(super) const GROUPS: &[Pair] = &[
    pair(
        "group_gets_signature",
        "group [99 0 R]",
        JOINED,
        &[MEMBER, SIGNATURE, Swap(98, "[99 0 R]", "[61 0 R 99 0 R]"), ON_PAGE],
    ),
    pair(
        "group_list_gets_signature",
        "group 100 0 R",
        &[MEMBER, SIGNATURE, Swap(100, "99 0 R", "99 0 R 61 0 R"), ON_PAGE],
        &[MEMBER, SIGNATURE, Swap(100, "99 0 R", "61 0 R"), ON_PAGE],
    ),
    step(
        "group_list_moves",
        "group [99 0 R]",
        &[MEMBER, SIGNATURE, Swap(98, "[99 0 R]", "101 0 R"), Put(101, "[99 0 R 61 0 R]"), ON_PAGE],
        &[Swap(92, "/T(Signature2)", "/T(Signature2)/Kids 101 0 R")],
    ),
    pair(
        "group_of_another_member",
        "group [99 0 R]",
        JOINED,
        &[
            Put(
                61,
                "<</Type/Annot/Subtype/Widget/FT/Sig/T(other)/Parent 92 0 R/V 62 0 R/Rect[0 0 0 0]/F 132/P 3 0 R>>",
            ),
            SIGNATURE,
            JOINS,
            ON_PAGE,
        ],
    ),
    pair(
        "group_gets_text",
        "group [99 0 R]",
        JOINED,
        &[
            Put(61, "<</Type/Annot/Subtype/Widget/FT/Tx/T(other)/Parent 98 0 R/V(x)/Rect[0 0 0 0]/F 132/P 3 0 R>>"),
            JOINS,
            ON_PAGE,
        ],
    ),
    step("group_renamed", "group [99 0 R]", JOINED, &[Swap(98, "(party)", "(other party)")]),
    pair(
        "group_was_one_field",
        "group [99 0 R]",
        JOINED,
        &[
            Put(
                61,
                "<</Type/Annot/Subtype/Widget/FT/Sig/T(other)/Parent 55 0 R/V 62 0 R/Rect[0 0 0 0]/F 132/P 3 0 R>>",
            ),
            SIGNATURE,
            Swap(55, "[54 0 R]", "[54 0 R 61 0 R]"),
            ON_PAGE,
        ],
    ),
    pair("group_gets_old_object", "group [99 0 R]", JOINED, &[Swap(98, "[99 0 R]", "[99 0 R 92 0 R]")]),
];
