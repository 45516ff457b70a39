//! The catalog, the trailer and the form.

use super::{LOOK, Pair, pair};
use crate::file::Edit::{Put, Swap, Trailer};

/// The catalog and the trailer.
pub(super) const CATALOG: &[Pair] = &[
    pair("catalog_version", "", &[Swap(1, "/Version/1.7", "/Version/2.0")], &[Swap(1, "/Version/1.7", "/Version/1.3")]),
    pair(
        "catalog_extensions",
        "",
        &[Swap(1, "/Extensions<<", "/Extensions<</ESIC<</BaseVersion/1.7/ExtensionLevel 5>>")],
        &[Swap(1, "/ExtensionLevel 8", "/ExtensionLevel 3")],
    ),
    pair(
        "catalog_extensions_kept",
        "",
        &[Swap(1, "/Extensions<<", "/Extensions<</ISO_[<</BaseVersion/2.0/ExtensionLevel 1>>]")],
        &[Swap(1, "/Extensions<</ADBE<</BaseVersion/1.7/ExtensionLevel 8>>>>", "/Extensions[]")],
    ),
    pair("catalog_language", "", &[Swap(1, "(ja)", "(ja-JP)")], &[Swap(1, "(ja)", "5 0 R")]),
    pair(
        "catalog_marks",
        "",
        &[Swap(1, "/Lang", "/MarkInfo<</Marked true>>/Lang")],
        &[Swap(1, "/Lang", "/MarkInfo<</Marked 5 0 R>>/Lang")],
    ),
    pair(
        "catalog_page_mode",
        "",
        &[Swap(1, "/Lang", "/PageMode/UseOutlines/Lang")],
        &[Swap(1, "/Lang", "/Outlines 20 0 R/Lang")],
    ),
    pair(
        "catalog_page_layout",
        "",
        &[Swap(1, "/Lang", "/PageLayout/SinglePage/Lang")],
        &[Swap(1, "/Lang", "/PageLabels<</Nums[0<</S/r>>]>>/Lang")],
    ),
    pair(
        "catalog_open_action",
        "",
        &[Swap(1, "/Lang(ja)", "/Lang(en)")],
        &[Swap(1, "/Lang", "/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>/Lang")],
    ),
    pair(
        "catalog_additional_actions",
        "",
        &[Swap(1, "/Lang(ja)", "/Lang(en)")],
        &[Swap(1, "/Lang", "/AA<</WC<</S/JavaScript/JS(x)>>>>/Lang")],
    ),
    pair(
        "catalog_names_moved",
        "",
        &[
            Swap(1, "/ViewerPreferences<</HideMenubar true>>", "/ViewerPreferences 65 0 R"),
            Put(65, "<</HideMenubar true>>"),
        ],
        &[
            Swap(1, "/ViewerPreferences<</HideMenubar true>>", "/ViewerPreferences 65 0 R"),
            Put(65, "<</HideMenubar false>>"),
        ],
    ),
    pair(
        "catalog_names_rewritten",
        "",
        &[Put(20, "<</EmbeddedFiles<</Names[]>>/JavaScript<</Names[]>>/Dests<</Names[(a)[3 0 R/Fit]]>>>>")],
        &[Swap(20, "/JavaScript<</Names[]>>", "/JavaScript<</Names[(x)<</S/JavaScript/JS(x)>>]>>")],
    ),
    pair(
        "catalog_names_files",
        "",
        &[Swap(20, "[3 0 R/Fit]", "[3 0 R /Fit]")],
        &[Swap(20, "/EmbeddedFiles<</Names[]>>", "/EmbeddedFiles<</Names[(f)<</F(f)>>]>>")],
    ),
    pair("catalog_names_destinations", "", &[Swap(20, "(a)", "<61>")], &[Swap(20, "3 0 R/Fit", "13 0 R/Fit")]),
    pair(
        "catalog_names_replaced",
        "",
        &[
            Swap(1, "/Names 20 0 R", "/Names 65 0 R"),
            Put(65, "<</Dests<</Names[(a)[3 0 R/Fit]]>>/JavaScript<</Names[]>>/EmbeddedFiles<</Names[]>>>>"),
        ],
        &[Swap(1, "/Names 20 0 R", "/Names<<>>")],
    ),
    pair(
        "catalog_layers",
        "",
        &[Swap(21, "/OFF[]", "/OFF [ ]")],
        &[Swap(21, "/ON[23 0 R]/OFF[]", "/ON[]/OFF[23 0 R]")],
    ),
    pair(
        "catalog_layer_name",
        "",
        &[Put(23, "<</Name<6c61796572>/Type/OCG>>")],
        &[Swap(23, "/Name", "/Usage<</View<</ViewState/OFF>>>>/Name")],
    ),
    pair(
        "catalog_layers_removed",
        "",
        &[Put(21, "<</D<</OFF[]/ON[23 0 R]>>/OCGs[23 0 R]>>")],
        &[Swap(1, "/OCProperties 21 0 R", "")],
    ),
    pair(
        "catalog_pages",
        "",
        &[Put(2, "<</Count 2/Kids[3 0 R 13 0 R]/Type/Pages>>")],
        &[Swap(1, "/Pages 2 0 R", "/Pages 65 0 R"), Put(65, "<</Type/Pages/Kids[13 0 R 3 0 R]/Count 2>>")],
    ),
    pair("catalog_collection", "", &[Swap(1, "(ja)", "<6a61>")], &[Swap(1, "/Lang", "/Collection<</View/T>>/Lang")]),
    pair("catalog_dictionary", "", &[Swap(1, "(ja)", "(en)")], &[Put(1, "[2 0 R]")]),
    pair(
        "catalog_another",
        "",
        &[Trailer("/ID[<01><02>]")],
        &[Trailer("/Root 65 0 R"), Put(65, "<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>")],
    ),
    pair(
        "trailer_encrypted",
        "",
        &[Trailer("/ID[<01><02>]")],
        &[Trailer("/Encrypt 65 0 R/ID[<01><02>]"), Put(65, "<</Filter/Standard/V 1/R 2/O(x)/U(x)/P -1>>")],
    ),
    pair(
        "information",
        "",
        &[Put(10, "<</Title(Contract)/ModDate(D:2027)/Producer(p)>>")],
        &[Put(10, "<</Title(Contract)/ModDate 5 0 R>>")],
    ),
    pair("information_title", "", &[Swap(10, "(Contract)", "(Agreement)")], &[Put(10, "(Contract)")]),
    pair(
        "information_elsewhere",
        "",
        &[Trailer("/Info 65 0 R"), Put(65, "<</Title(Contract)>>")],
        &[Trailer("/Info 77 0 R"), Put(77, "<</Title(Contract)/CA 0>>")],
    ),
    pair(
        "metadata",
        "",
        &[Put(22, "<</Type/Metadata/Subtype/XML>>stream <y/>")],
        &[Put(22, "<</Type/Metadata/Subtype/XML>>stream q Q")],
    ),
    pair(
        "metadata_is_metadata",
        "",
        &[Put(22, "<</Subtype/XML/Type/Metadata>>stream <z/>")],
        &[Put(22, "<</Type/XObject/Subtype/Form>>stream <y/>")],
    ),
    pair(
        "metadata_elsewhere",
        "",
        &[Swap(1, "/Metadata 22 0 R", "/Metadata 65 0 R"), Put(65, "<</Type/Metadata/Subtype/XML>>stream <y/>")],
        &[Swap(1, "/Metadata 22 0 R", "")],
    ),
];

/// The form itself.
pub(super) const FORM: &[Pair] = &[
    pair(
        "form_resources_grow",
        "",
        &[Swap(11, "/F 8 0 R", "/F 8 0 R/G 65 0 R"), Put(65, "<</Type/Font/Subtype/Type1/BaseFont/Courier>>")],
        &[Swap(11, "/F 8 0 R", "/F 65 0 R"), Put(65, "<</Type/Font/Subtype/Type1/BaseFont/Courier>>")],
    ),
    pair(
        "form_resources_kept",
        "",
        &[Swap(7, "/Encoding", "/XObject<</Y 60 0 R>>/Encoding"), LOOK],
        &[Swap(7, "/Encoding<</E 12 0 R>>", "")],
    ),
    pair(
        "form_resources_of_a_kind",
        "",
        &[Swap(7, "<</E 12 0 R>>", "<</E 12 0 R/D 65 0 R>>"), Put(65, "<</Type/Encoding>>")],
        &[Swap(7, "<</E 12 0 R>>", "[]")],
    ),
    pair(
        "form_resources_removed",
        "",
        &[Swap(4, "/DR 7 0 R", "/DR<</Font 11 0 R/Encoding<</E 12 0 R>>>>")],
        &[Swap(4, "/DR 7 0 R", "")],
    ),
    pair(
        "form_needs_no_looks",
        "",
        &[Swap(4, "/Q 0", "/Q 0/NeedAppearances false")],
        &[Swap(4, "/Q 0", "/Q 0/NeedAppearances true")],
    ),
    pair(
        "form_default_appearance",
        "",
        &[Swap(4, "(/F 9 Tf)", "<2f46203920 5466>")],
        &[Swap(4, "/F 9 Tf", "/F 0 Tf 1 g")],
    ),
    pair(
        "form_xfa",
        "",
        &[Swap(4, "/Q 0", "/Q 0.0")],
        &[Swap(4, "/Q 0", "/Q 0/XFA 65 0 R"), Put(65, "<<>>stream <xdp/>")],
    ),
    pair(
        "form_calculation_order",
        "",
        &[Swap(4, "/SigFlags 3", "/SigFlags 3.")],
        &[Swap(4, "/Q 0", "/Q 0/CO[41 0 R]")],
    ),
    pair("form_quadding", "", &[Swap(4, "/Q 0", "/Q 00")], &[Swap(4, "/Q 0", "/Q 2")]),
    pair("form_removed", "", &[Put(66, "<<>>")], &[Swap(1, "/AcroForm 4 0 R", "")]),
    pair("form_becomes_something_else", "", &[Put(66, "<<>>")], &[Put(4, "[]")]),
    pair(
        "form_replaced",
        "",
        &[
            Swap(1, "/AcroForm 4 0 R", "/AcroForm 65 0 R"),
            Put(
                65,
                "<</Fields[40 0 R 41 0 R 42 0 R 43 0 R 44 0 R 90 0 R 92 0 R 93 0 R 95 0 R 55 0 R]/SigFlags 3/DR 7 0 R/DA(/F 9 Tf)/Q 0>>",
            ),
        ],
        &[
            Swap(1, "/AcroForm 4 0 R", "/AcroForm 65 0 R"),
            Put(65, "<</Fields[40 0 R 41 0 R 42 0 R 43 0 R 44 0 R 90 0 R]/SigFlags 3/DR 7 0 R/DA(/F 9 Tf)/Q 0>>"),
        ],
    ),
];
