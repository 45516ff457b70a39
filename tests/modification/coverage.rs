//! Every kind of attack that we know of, with the vectors that show it, and beside them the harmless thing that it looks like.

use std::fs;
use std::path::Path;

/// A class of attack. Names with a slash are files of `tests/vectors/threats`, others are pairs of `tests/vectors/modification`.
struct Row {
    class: &'static str,
    attacks: &'static [&'static str],
    /// Permitted, beside the good halves of the pairs.
    twins: &'static [&'static str],
}

const fn row(class: &'static str, attacks: &'static [&'static str], twins: &'static [&'static str]) -> Row {
    Row { class, attacks, twins }
}

const ROWS: &[Row] = &[
    // The signature dictionary and the file.
    row(
        "universal signature forgery",
        &[
            "/usf_contents_empty",
            "/usf_contents_00",
            "/usf_contents_null",
            "/usf_contents_missing",
            "/usf_contents_no_value",
            "/usf_byte_range_null",
            "/usf_byte_range_missing",
            "/usf_everything_missing",
        ],
        &["/control_signed"],
    ),
    row(
        "incremental saving: no section, a bogus one, no trailer, a pointer one byte off",
        &[
            "/isa_no_section",
            "/isa_no_section_but_an_end",
            "/isa_section_of_garbage",
            "/isa_trailer_alone",
            "/isa_pointer_a_byte_off",
            "/isa_page_added",
            "/isa_catalog_replaced",
            "object_stray_bytes",
        ],
        &["/control_second_signature", "/control_archived"],
    ),
    row(
        "incremental saving: the signature object again",
        &["/isa_signature_object_again"],
        &["/control_second_signature"],
    ),
    row(
        "signature wrapping",
        &["/swa_second_range_moved", "/byte_range_hole_too_wide", "/byte_range_hole_beside"],
        &["/byte_range_good"],
    ),
    row(
        "a literal string in the gap",
        &["/gap_literal_string", "/gap_literal_string_and_keys", "/gap_keys", "/gap_comment"],
        &["/gap_white_space_inside_good"],
    ),
    row(
        "the shape of the byte range",
        &[
            "/byte_range_two_numbers",
            "/byte_range_three_pairs",
            "/byte_range_first_not_zero",
            "/byte_range_negative",
            "/byte_range_overflow",
            "/byte_range_beyond_the_end",
            "/byte_range_overlapping",
            "/byte_range_swapped",
            "/byte_range_first_empty",
            "/byte_range_second_empty",
            "/byte_range_indirect",
            "/byte_range_indirect_number",
        ],
        &["/byte_range_good"],
    ),
    row(
        "keys that stand twice",
        &[
            "/duplicate_byte_range_first",
            "/duplicate_byte_range_last",
            "/duplicate_contents_first",
            "/duplicate_contents_last",
            "/duplicate_key_escaped",
            "object_twice_a_key",
        ],
        &["/control_signed"],
    ),
    row(
        "the signature dictionary rewritten later",
        &[
            "/redefined_with_other_reason",
            "/redefined_by_the_field",
            "redefined_reason",
            "redefined_name",
            "redefined_freed",
        ],
        &[],
    ),
    row(
        "data behind the end, and games with it",
        &["/end_with_text", "/end_with_zeros", "/end_without_marker"],
        &["/control_line_end"],
    ),
    row(
        "differences between parsers",
        &["/object_stream_text_behind", "/value_in_object_stream"],
        &["/control_xref_stream", "/control_object_stream"],
    ),
    row(
        "a value that two fields share",
        &["/shared_value", "shared_value", "signing_one_field_each"],
        &["/control_second_signature"],
    ),
    // Changes after signing.
    row("shadow: hide", &["page_image_layer", "catalog_layers", "page_image", "filling_widget_hidden"], &[]),
    row("shadow: replace", &["filling_look_needs_value", "filling_look_replaced", "page_font_encoding"], &[]),
    row(
        "shadow: hide and replace",
        &["catalog_pages", "page_becomes_something_else", "object_freed_and_used_again"],
        &[],
    ),
    row(
        "evil annotation",
        &["annotation_under_p2", "annotation_evil_under_p3", "annotation_redact", "annotation_without_certification"],
        &[],
    ),
    row(
        "sneaky signature",
        &["signing_sneaky_under_p2", "signing_sneaky_under_p3", "signing_decorated_not_signed"],
        &[],
    ),
    row("font swap", &["page_font", "page_font_encoding", "filling_and_font", "annotation_font_used_by_pages"], &[]),
    row(
        "optional content",
        &["catalog_layers", "catalog_layers_removed", "catalog_layer_name", "annotation_layer", "filling_with_layer"],
        &[],
    ),
    row(
        "JavaScript and actions",
        &[
            "catalog_open_action",
            "catalog_additional_actions",
            "catalog_names_replaced",
            "page_actions",
            "annotation_gets_action",
            "filling_with_action",
            "filling_with_additional_action",
        ],
        &[],
    ),
    row("XFA", &["form_xfa"], &[]),
    row(
        "structure, metadata and information",
        &["metadata", "metadata_elsewhere", "information_elsewhere", "information_removed"],
        &[],
    ),
    row(
        "objects that are used elsewhere, too",
        &[
            "filling_look_used_elsewhere",
            "annotation_looks_used_elsewhere",
            "store_value_used_elsewhere",
            "store_value_is_new_or_was_there",
            "annotation_list_shared",
        ],
        &[],
    ),
    row(
        "recycled signature objects",
        &["signing_value_is_new", "signing_covers_its_revision", "signing_is_a_signature"],
        &[],
    ),
    row(
        "removal of what protects",
        &["redefined_perms", "form_removed", "store_removed", "redefined_lock_removed"],
        &[],
    ),
    row(
        "what never may change",
        &[
            "page_content",
            "page_resources",
            "page_box",
            "page_order",
            "page_added",
            "page_removed",
            "page_rotated",
            "catalog_names_files",
            "catalog_names_destinations",
        ],
        &[],
    ),
    row(
        "more than a certification permits",
        &["filling_under_p1", "filling_under_p2", "signing_under_p1", "annotation_level"],
        &[],
    ),
    row(
        "more than a lock permits",
        &["lock_include", "lock_exclude", "lock_all", "lock_with_p1", "field_mdp_include", "field_mdp_all"],
        &[],
    ),
    row("a lock or certification that is loosened", &["lock_with_p3_loosens_nothing", "lock_not_readable"], &[]),
];

/// What is said of a file; the reader's first line.
fn expected(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(path);
    assert!(path.with_extension("pdf").exists(), "{} is missing", path.display());
    fs::read_to_string(path.with_extension("expected")).unwrap()
}

#[test]
fn every_kind_of_attack_has_vectors_and_permitted_twins() {
    for Row { class, attacks, twins } in ROWS {
        assert!(!attacks.is_empty(), "{class} has no vector");
        let (mut bad, mut good) = (0, twins.len());
        for attack in *attacks {
            match attack.strip_prefix('/') {
                Some(name) => {
                    let said = expected(&format!("threats/{name}"));
                    assert!(!said.starts_with("file TOTAL-PASSED"), "{class}: {name} passes");
                }
                // That the good half is permitted, and the bad one is not, is tested for all pairs.
                None => {
                    let halves = ["good", "bad"].map(|half| expected(&format!("modification/{attack}_{half}")));
                    assert_ne!(halves[0], halves[1], "{class}: {attack}");
                    good += 1;
                }
            }
            bad += 1;
        }
        for twin in *twins {
            let name = twin.strip_prefix('/').unwrap();
            assert!(
                expected(&format!("threats/{name}")).starts_with("file TOTAL-PASSED"),
                "{class}: {name} does not pass"
            );
        }
        assert!(bad > 0 && good > 0, "{class}: {bad} attacks, {good} permitted twins");
    }
}

/// Permitted by the certification, and yet it covers what was signed: that is said.
#[test]
fn what_is_laid_over_signed_content_is_said_even_where_it_is_permitted() {
    for name in ["annotation_evil_under_p3", "signing_sneaky_under_p2", "signing_sneaky_under_p3", "annotation_redact"]
    {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/vectors/modification/{name}_good.pdf"));
        let report = crate::verify(&fs::read(path).unwrap()).unwrap();
        let first = report.signatures.iter().find(|one| one.field == "Signature1").unwrap();
        let is_said = first.findings.iter().any(|one| one.code == pades_ltv::report::Code::Overlay);
        assert!(is_said && first.changes.iter().all(|change| change.allowed), "{name}: {first:#?}");
    }
}
