//! Objects, and ways around the rules.

use super::{DATE, FIELD, IN_FORM, LOOK, NOTE, ON_PAGE, Pair, SIGNATURE, SIGNED, pair, step};
use crate::file::Edit::{Again, Free, Next, Put, Stray, Swap, Trailer};

/// Objects of no role.
pub(super) const OBJECTS: &[Pair] = &[
    pair("object_unused", "", &[Free(24)], &[Swap(24, "nobody", "somebody")]),
    pair(
        "object_added_unused",
        "",
        &[Put(66, "<</A 67 0 R>>"), Put(67, "<</B 66 0 R>>")],
        &[Put(66, "<</A 67 0 R>>"), Swap(23, "/Name", "/Intent 66 0 R/Name"), Put(67, "<</B 66 0 R>>")],
    ),
    pair("object_twice_a_key", "", &[Swap(1, "/Lang(ja)", "/Lang(en)")], &[Swap(1, "/Lang(ja)", "/Lang(en)/Lang(ja)")]),
    pair("object_freed_in_use", "", &[Free(24)], &[Free(8)]),
    pair(
        "object_freed_and_used_again",
        "",
        &[Free(24), Next, Put(66, "<</Private(nobody)>>")],
        &[Free(9), Next, Put(9, "<</Type/XObject/Subtype/Form/BBox[0 0 99 99]>>stream 0 0 99 99 re f")],
    ),
    pair(
        "object_identical",
        "",
        &[Swap(9, "/Type/XObject", "/Type /XObject"), Swap(8, "/Type/Font", "/Type /Font")],
        &[Put(9, "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/OC 23 0 R>>stream 0 0 9 9 re S")],
    ),
    step(
        "object_stray_bytes",
        "",
        &[Put(66, "<<>>")],
        &[Stray("8 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Symbol>>\nendobj\n")],
    ),
    pair("object_not_readable", "", &[Put(66, "<</A[1]>>")], &[Put(66, "<</A[1>>"), DATE]),
];

/// Ways around.
pub(super) const AROUND: &[Pair] = &[
    pair(
        "signing_field_on_no_page",
        "",
        &[Put(61, "<</FT/Sig/T(other)/V 62 0 R>>"), SIGNATURE, IN_FORM],
        &[Put(61, "<</FT/Tx/T(other)/V(new)>>"), IN_FORM],
    ),
    pair(
        "signing_widget_apart",
        "",
        &[Swap(95, "(third)", "(third)/V 62 0 R"), SIGNATURE, Swap(96, "/F 4", "/F 4/AP<</N 60 0 R>>"), LOOK],
        &[Swap(95, "(third)", "(third)/V 62 0 R"), SIGNATURE, Swap(96, "/F 4", "/F 4/AP<</N 60 0 R>>/OC 23 0 R"), LOOK],
    ),
    step(
        "signing_direct_value",
        "",
        &[Swap(92, "(Signature2)", "(Signature2)/V<<@sig/Prop_Build 65 0 R>>"), Put(65, "<</A 1>>")],
        &[Swap(23, "/Name", "/Usage 65 0 R/Name")],
    ),
    pair("signing_whole_revision", "", SIGNED, &[FIELD, Put(62, "<<@sig/Short true>>"), IN_FORM, ON_PAGE]),
    step(
        "catalog_extension_elsewhere",
        "",
        &[Swap(1, "/Extensions<<", "/Extensions<</ISO_ 65 0 R"), Put(65, "[<</BaseVersion/2.0/ExtensionLevel 1>>]")],
        &[Swap(23, "/Name", "/Usage 65 0 R/Name")],
    ),
    step(
        "filling_redrawn_with_new_font",
        "",
        &[
            Swap(41, "(100)", "(200)"),
            Put(47, "<</Type/XObject/Subtype/Form/BBox[0 0 50 10]/Resources<</Font<</G 63 0 R>>>>>>stream (200) Tj"),
            Put(63, "<</Type/Font/Subtype/Type1/BaseFont/Courier>>"),
        ],
        &[Swap(6, "/F 8 0 R", "/F 63 0 R")],
    ),
    pair(
        "store_list_in_place",
        "",
        &[
            Swap(30, "[32 0 R]", " 65 0 R"),
            Put(65, "[32 0 R]"),
            Next,
            Put(65, "[32 0 R 60 0 R]"),
            Put(60, "<<>>stream x"),
        ],
        &[Swap(30, "[32 0 R]", " 65 0 R"), Put(65, "[32 0 R]"), Next, Put(65, "[]")],
    ),
    pair("information_removed", "", &[Trailer("/Info null")], &[Trailer("/Info 5 0 R")]),
    pair(
        "form_broken_and_restored",
        "",
        &[Free(24), Next, Put(66, "<<>>")],
        &[
            Put(4, "[]"),
            Next,
            Put(
                4,
                "<</Fields[40 0 R 41 0 R 42 0 R 43 0 R 44 0 R 90 0 R 92 0 R 93 0 R 95 0 R 55 0 R]/SigFlags 3/DR 7 0 R/DA(/F 9 Tf)/Q 0>>",
            ),
        ],
    ),
    pair(
        "catalog_broken_and_restored",
        "",
        &[Free(24), Next, Put(66, "<<>>")],
        &[Put(1, "[2 0 R]"), Next, Put(1, "<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>")],
    ),
    pair("form_flags", "", &[Swap(4, "/SigFlags 3", "/SigFlags 7")], &[Swap(4, "/SigFlags 3", "/SigFlags 2")]),
    step(
        "form_gets_resources",
        "bare",
        &[Swap(4, "/Q 0", "/Q 0/DA(/F 9 Tf)/DR 65 0 R"), Put(65, "<</Font<</F 8 0 R>>>>")],
        &[Swap(13, "/Resources 6 0 R", "/Resources 65 0 R")],
    ),
    pair(
        "object_broken_before",
        "broken",
        &[Put(66, "<</A 1>>")],
        &[Swap(30, "[31 0 R]", "[31 0 R 60 0 R]"), Put(60, "<<>>stream x")],
    ),
    pair("object_generation", "", &[Free(24)], &[Again(24, "<</Private(nobody refers to this)>>")]),
    pair(
        "annotation_twice_in_the_list",
        "P3",
        &[Put(14, "[61 0 R 61 0 R]"), NOTE, LOOK, Next, Put(14, "[61 0 R]")],
        &[Put(14, "[61 0 R]"), NOTE, LOOK, Next, Put(14, "[61 0 R 61 0 R]")],
    ),
    pair(
        "catalog_extension_list_grows",
        "",
        &[
            Swap(1, "/Extensions<<", "/Extensions<</ISO_[<</BaseVersion/2.0/ExtensionLevel 1>>]"),
            Next,
            Swap(1, "/ExtensionLevel 1>>]", "/ExtensionLevel 1>>65 0 R]"),
            Put(65, "<</BaseVersion/2.0/ExtensionLevel 2>>"),
        ],
        &[
            Swap(1, "/Extensions<<", "/Extensions<</ISO_[<</BaseVersion/2.0/ExtensionLevel 1>>]"),
            Next,
            Swap(1, "<</BaseVersion/2.0/ExtensionLevel 1>>", "65 0 R"),
            Put(65, "<</BaseVersion/2.0/ExtensionLevel 2>>"),
        ],
    ),
];
