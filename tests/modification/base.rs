//! The document of all vectors: two pages, a form with a field of each kind, comments, layers, names and a security store.

use crate::file::{File, Style};

const OBJECTS: &[(u32, &str)] = &[
    (
        1,
        "<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R/Names 20 0 R/OCProperties 21 0 R/Metadata 22 0 R/DSS 30 0 R/Version/1.7/Extensions<</ADBE<</BaseVersion/1.7/ExtensionLevel 8>>>>/Lang(ja)/ViewerPreferences<</HideMenubar true>>@perms>>",
    ),
    (2, "<</Type/Pages/Kids[3 0 R 13 0 R]/Count 2@inherited>>"),
    (
        3,
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 5 0 R/Resources 6 0 R/Annots[40 0 R 41 0 R 42 0 R 43 0 R 45 0 R 46 0 R 50 0 R 51 0 R 52 0 R 53 0 R 96 0 R 54 0 R]>>",
    ),
    (
        4,
        "<</Fields[@group40 0 R 41 0 R 42 0 R 43 0 R 44 0 R 90 0 R 92 0 R 93 0 R 95 0 R 55 0 R]/SigFlags 3@resources/Q 0>>",
    ),
    (5, "<<>>stream BT /F 12 Tf (The price is 100.) Tj ET /X Do"),
    (6, "<</Font<</F 8 0 R>>/XObject<</X 9 0 R>>/Properties<</O 23 0 R>>/ExtGState<</G 77 0 R>>>>"),
    (7, "<</Font 11 0 R/Encoding<</E 12 0 R>>>>"),
    (8, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding 12 0 R>>"),
    (9, "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/OC 23 0 R>>stream 0 0 9 9 re f"),
    (10, "<</Title(Contract)/ModDate(D:2026)>>"),
    (11, "<</F 8 0 R>>"),
    (12, "<</Type/Encoding/Differences[65/A]>>"),
    (13, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents[5 0 R]/Resources 6 0 R/Annots 14 0 R>>"),
    (14, "[]"),
    (20, "<</Dests<</Names[(a)[3 0 R/Fit]]>>/JavaScript<</Names[]>>/EmbeddedFiles<</Names[]>>>>"),
    (21, "<</OCGs[23 0 R]/D<</ON[23 0 R]/OFF[]>>>>"),
    (22, "<</Type/Metadata/Subtype/XML>>stream <x:xmpmeta/>"),
    (23, "<</Type/OCG/Name(layer)>>"),
    (24, "<</Private(nobody refers to this)>>"),
    (30, "<</Certs[31 0 R]/CRLs[32 0 R]/VRI 33 0 R>>"),
    (31, "<<>>stream certificate"),
    (32, "<<>>stream list"),
    (33, "<</AB<</Cert[31 0 R]/TU(D:2026)>>>>"),
    (40, "<</Type/Annot/Subtype/Widget/FT/Tx/T(date)/V()/Rect[10 10 60 20]/P 3 0 R>>"),
    (41, "<</Type/Annot/Subtype/Widget/FT/Tx/T(price)/V(100)/Rect[10 30 60 40]/AP<</N 47 0 R>>/P 3 0 R>>"),
    (
        42,
        "<</Type/Annot/Subtype/Widget/FT/Btn/T(agreed)/V/Off/AS/Off/Rect[10 50 20 60]/AP<</N<</Yes 48 0 R/Off 49 0 R>>>>/P 3 0 R>>",
    ),
    (
        43,
        "<</Type/Annot/Subtype/Widget/FT/Ch/Ff 131072/T(work)/Opt[(house)(garden)]/V(house)/Rect[10 70 60 80]/P 3 0 R>>",
    ),
    (44, "<</FT/Btn/Ff 49152/T(kind)/V/Off/Kids[45 0 R 46 0 R]>>"),
    (45, "<</Type/Annot/Subtype/Widget/Parent 44 0 R/Rect[10 90 20 99]/AS/Off/AP<</N<</a 48 0 R/Off 49 0 R>>>>>>"),
    (46, "<</Type/Annot/Subtype/Widget/Parent 44 0 R/Rect[30 90 40 99]/AS/Off/AP<</N<</b 48 0 R/Off 49 0 R>>>>>>"),
    (47, "<</Type/XObject/Subtype/Form/BBox[0 0 50 10]>>stream (100) Tj"),
    (48, "<</Type/XObject/Subtype/Form/BBox[0 0 10 10]>>stream 0 0 9 9 re f"),
    (49, "<</Type/XObject/Subtype/Form/BBox[0 0 10 10]>>stream q Q"),
    (50, "<</Type/Annot/Subtype/Text/Contents(a remark)/Rect[100 100 110 110]/Popup 51 0 R/P 3 0 R>>"),
    (51, "<</Type/Annot/Subtype/Popup/Parent 50 0 R/Rect[120 100 180 150]/P 3 0 R>>"),
    (52, "<</Type/Annot/Subtype/Link/Rect[100 10 110 20]/A<</S/URI/URI(https://example.jp)>>/P 3 0 R>>"),
    (53, "<</Type/Annot/Subtype/Stamp/Rect[100 30 150 50]/AP<</N 57 0 R>>/P 3 0 R>>"),
    (54, "<</Type/Annot/Subtype/Widget/Parent 55 0 R/Rect[10 110 60 120]/AP<</N 58 0 R>>/P 3 0 R>>"),
    (55, "<</FT/Tx/T(note)/V(as agreed)/Kids[54 0 R]>>"),
    (57, "<</Type/XObject/Subtype/Form/BBox[0 0 50 20]/Resources 6 0 R>>stream q Q"),
    (58, "<</Type/XObject/Subtype/Form/BBox[0 0 50 10]/Resources<</Font<</F 8 0 R>>>>>>stream (as agreed) Tj"),
    (77, "<</Type/ExtGState/CA 1>>"),
    (90, "<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature1)/V 91 0 R/Rect[0 0 0 0]/F 132/P 3 0 R@lock>>"),
    (91, "<<@sig/Reason(agreed)@reference>>"),
    (92, "<</FT/Sig/T(Signature2)>>"),
    (93, "<</Type/Annot/Subtype/Widget/FT/Sig/T(seal)/Rect[100 60 150 90]/F 4/P 3 0 R>>"),
    (95, "<</FT/Sig/T(third)/Kids[96 0 R]>>"),
    (96, "<</Type/Annot/Subtype/Widget/Parent 95 0 R/Rect[100 120 150 150]/F 4/P 3 0 R>>"),
    (94, "<</Type/XObject/Subtype/Form/BBox[0 0 50 30]>>stream 0 0 50 30 re f"),
];

/// The document with its first signature, under a certification (`P1` to `P3`), a lock of fields or neither; `bare` without
/// default resources, `broken` with an object that cannot be read, `group` with a group of fields and its `/Kids`,
/// `inherits` with attributes that pages inherit.
pub(crate) fn base(style: Style, under: &str) -> File {
    let certification = under.strip_prefix('P').map(|level| {
        format!("/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P {level}/V/1.2>>>>]")
    });
    let perms = if certification.is_some() { "/Perms<</DocMDP 91 0 R>>" } else { "" };
    let lock = under.strip_prefix("lock ").map(|lock| format!("/Lock<</Type/SigFieldLock{lock}>>")).unwrap_or_default();
    let fields = under.strip_prefix("fields ").map(|fields| {
        format!("/Reference[<</Type/SigRef/TransformMethod/FieldMDP/Data 1 0 R/TransformParams<</Type/TransformParams{fields}/V/1.2>>>>]")
    });
    let reference = certification.or(fields).unwrap_or_default();
    let resources = if under == "bare" { "" } else { "/DR 7 0 R/DA(/F 9 Tf)" };
    let inherited = if under == "inherits" { "/CropBox[0 0 200 200]/Rotate 0" } else { "" };
    let group = if under.starts_with("group") { "98 0 R " } else { "" };
    let spelled = |body: &str| {
        body.replace("@resources", resources)
            .replace("@perms", perms)
            .replace("@group", group)
            .replace("@inherited", inherited)
            .replace("@lock", &lock)
            .replace("@reference", &reference)
    };
    let mut objects: Vec<(u32, String)> = OBJECTS.iter().map(|(number, body)| (*number, spelled(body))).collect();
    if under == "broken" {
        objects.push((97, "<</A ]>>".into()));
    }
    if let Some(kids) = under.strip_prefix("group ") {
        objects.push((98, format!("<</T(party)/Kids {kids}>>")));
        objects.push((
            99,
            "<</Type/Annot/Subtype/Widget/FT/Sig/T(one)/Parent 98 0 R/Rect[0 0 0 0]/F 132/P 3 0 R>>".into(),
        ));
        objects.push((100, "[99 0 R]".into()));
    }
    File::new(style, &objects)
}
