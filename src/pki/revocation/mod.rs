pub(crate) mod ocsp;
