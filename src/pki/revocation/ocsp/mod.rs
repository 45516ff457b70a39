pub(crate) mod asn1;
