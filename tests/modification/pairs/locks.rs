//! What signatures lock.

use super::{DATE, FIELD, FIELD_SIGNED, FILLED, IN_FORM, LOOK, NOTED, ON_PAGE, Pair, SIGNATURE, SIGNED, STAMP, pair};
use crate::file::Edit::{Next, Put, Swap};

/// Locks of fields.
pub(super) const LOCKS: &[Pair] = &[
    pair("lock_include", "lock /Action/Include/Fields[(price)]", FILLED, &[Swap(41, "(100)", "(200)")]),
    pair("lock_exclude", "lock /Action/Exclude/Fields[(date)]", FILLED, &[Swap(41, "(100)", "(200)")]),
    pair("lock_all", "lock /Action/All", &[FIELD, STAMP, IN_FORM, ON_PAGE], FILLED),
    pair("lock_all_new_fields", "lock /Action/All", &[FIELD, STAMP, IN_FORM, ON_PAGE], SIGNED),
    pair(
        "lock_exclude_new_fields",
        "lock /Action/Exclude/Fields[(other)]",
        SIGNED,
        &[
            Put(61, "<</Type/Annot/Subtype/Widget/FT/Sig/T(another)/V 62 0 R/Rect[0 0 0 0]/F 132/P 3 0 R>>"),
            SIGNATURE,
            IN_FORM,
            ON_PAGE,
        ],
    ),
    pair("lock_include_old_field", "lock /Action/Include/Fields[(Signature2)]", SIGNED, FIELD_SIGNED),
    pair(
        "lock_include_new_field",
        "lock /Action/Include/Fields[(another)]",
        SIGNED,
        &[
            Put(61, "<</Type/Annot/Subtype/Widget/FT/Sig/T(another)/V 62 0 R/Rect[0 0 0 0]/F 132/P 3 0 R>>"),
            SIGNATURE,
            IN_FORM,
            ON_PAGE,
        ],
    ),
    pair("lock_with_p1", "lock /Action/Include/Fields[]/P 1", &[FIELD, STAMP, IN_FORM, ON_PAGE], SIGNED),
    pair("lock_with_p2", "lock /Action/Include/Fields[]/P 2", SIGNED, NOTED),
    pair("lock_with_p3_loosens_nothing", "lock /Action/Include/Fields[]/P 3", FILLED, NOTED),
    pair("lock_not_readable", "lock /Action/Sometimes", &[FIELD, STAMP, IN_FORM, ON_PAGE], FILLED),
    pair("field_mdp_include", "fields /Action/Include/Fields[(work)]", FILLED, &[Swap(43, "/V(house)", "/V(garden)")]),
    pair("field_mdp_exclude", "fields /Action/Exclude/Fields[(work)]", &[Swap(43, "/V(house)", "/V(garden)")], FILLED),
    pair(
        "field_mdp_all",
        "fields /Action/All",
        &[FIELD, STAMP, IN_FORM, ON_PAGE],
        &[Swap(42, "/V/Off/AS/Off", "/V/Yes/AS/Yes")],
    ),
    pair(
        "field_mdp_closed",
        "fields /Action/All",
        &[Swap(41, "/P 3 0 R", "/P 3 0 R/Ff 1")],
        &[Swap(41, "(100)", "(200)")],
    ),
    pair(
        "lock_of_a_later_signature",
        "",
        &[DATE, LOOK, Swap(92, "(Signature2)", "(Signature2)/V 62 0 R/Ff 1"), SIGNATURE],
        &[
            Put(
                61,
                "<</Type/Annot/Subtype/Widget/FT/Sig/T(other)/V 62 0 R/Rect[0 0 0 0]/F 132/P 3 0 R/Lock<</Action/All>>>>",
            ),
            SIGNATURE,
            IN_FORM,
            ON_PAGE,
            Next,
            DATE,
            LOOK,
        ],
    ),
];
