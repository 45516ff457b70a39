//! The security store.

use super::{LOOK, Pair, pair, step};
use crate::file::Edit::{Next, Put, Swap};

/// Values and lists of the store.
pub(super) const STORE: &[Pair] = &[
    pair(
        "store_grows",
        "",
        &[Swap(30, "[31 0 R]", "[31 0 R 60 0 R]"), Put(60, "<<>>stream another")],
        &[Swap(30, "[31 0 R]", "[]")],
    ),
    pair(
        "store_value_is_data",
        "",
        &[Swap(30, "[31 0 R]", "[31 0 R 60 0 R]"), Put(60, "<</Filter/FlateDecode>>stream another")],
        &[Swap(30, "[31 0 R]", "[31 0 R 60 0 R]"), LOOK],
    ),
    pair(
        "store_value_replaced",
        "",
        &[Swap(30, "[32 0 R]", "[32 0 R 60 0 R]"), Put(60, "<<>>stream another")],
        &[Put(32, "<<>>stream another")],
    ),
    pair(
        "store_value_is_a_stream",
        "",
        &[Swap(30, "[31 0 R]", "[31 0 R 60 0 R]"), Put(60, "<<>>stream another")],
        &[Swap(30, "[31 0 R]", "[31 0 R(certificate)]")],
    ),
    pair(
        "store_value_is_new_or_was_there",
        "",
        &[Swap(30, "[31 0 R]", "[31 0 R 60 0 R]"), Put(60, "<<>>stream another")],
        &[Swap(30, "[31 0 R]", "[31 0 R 60 0 R]"), Put(60, "<</A 1>>")],
    ),
    pair(
        "store_new_list",
        "",
        &[Swap(30, "/VRI", "/OCSPs[60 0 R]/VRI"), Put(60, "<<>>stream answer")],
        &[Swap(30, "/VRI", "/OCSPs 3/VRI")],
    ),
    pair(
        "store_lists_of_its_own",
        "",
        &[Swap(30, "[31 0 R]", " 65 0 R"), Put(65, "[31 0 R 60 0 R]"), Put(60, "<<>>stream another")],
        &[Swap(30, "/Certs[31 0 R]", "")],
    ),
    pair(
        "store_other_entries",
        "",
        &[Swap(30, "<</Certs", "<</Type/DSS/Certs")],
        &[Swap(30, "<</Certs", "<</Other 5 0 R/Certs")],
    ),
    step(
        "store_type_changed",
        "",
        &[Swap(30, "<</Certs", "<</Type/DSS/Certs")],
        &[Next, Swap(30, "/Type/DSS", "/Type/Other")],
    ),
    pair("store_removed", "", &[Swap(33, "<<", "<</CD<</TU(D:2027)>>")], &[Swap(1, "/DSS 30 0 R", "")]),
    pair(
        "store_replaced",
        "",
        &[Swap(1, "/DSS 30 0 R", "/DSS 65 0 R"), Put(65, "<</Certs[31 0 R]/CRLs[32 0 R]/VRI 33 0 R>>")],
        &[Swap(1, "/DSS 30 0 R", "/DSS 65 0 R"), Put(65, "<</Certs[31 0 R]/VRI 33 0 R>>")],
    ),
    pair("store_becomes_something_else", "", &[Swap(30, "[31 0 R]", "[31 0 R 31 0 R]")], &[Put(30, "[31 0 R]")]),
    pair(
        "store_related",
        "",
        &[Swap(33, "<<", "<</CD<</Cert[60 0 R]/TS 64 0 R>>"), Put(60, "<<>>stream x"), Put(64, "<<>>stream token")],
        &[Swap(33, "/AB<</Cert[31 0 R]/TU(D:2026)>>", "")],
    ),
    pair("store_related_values", "", &[Swap(33, "/Cert[31 0 R]", "/Cert[]")], &[Swap(33, "/Cert[31 0 R]", "/Cert 31")]),
    pair("store_related_times", "", &[Swap(33, "(D:2026)", "(D:2027)")], &[Swap(33, "(D:2026)", "5 0 R")]),
    pair("store_related_other", "", &[Swap(33, "/TU(D:2026)", "")], &[Swap(33, "/TU(D:2026)", "/Other(x)")]),
    pair("store_related_is_a_dictionary", "", &[Swap(33, "<<", "<</CD<<>>")], &[Swap(33, "<<", "<</CD(x)")]),
    pair(
        "store_map_is_one",
        "",
        &[Swap(30, "/VRI 33 0 R", "/VRI 65 0 R"), Put(65, "<</AB<</Cert[31 0 R]/TU(D:2026)>>>>")],
        &[Swap(30, "/VRI 33 0 R", "/VRI[]")],
    ),
    pair(
        "store_value_used_elsewhere",
        "",
        &[Swap(30, "[31 0 R]", "[31 0 R 60 0 R]"), Put(60, "<<>>stream x")],
        &[
            Swap(30, "[31 0 R]", "[31 0 R 60 0 R]"),
            Put(60, "<<>>stream 0 0 9 9 re f"),
            Swap(13, "[5 0 R]", "[5 0 R 60 0 R]"),
        ],
    ),
];
