-- The master keys that secrets in this database have been sealed with; never the keys themselves. One row a version, the
-- highest is the one in force. Empty until the first secret is kept.
create table master_key (
    version         int primary key check (version > 0),
    -- Derived from the key; says whether an instance has it.
    check_value     bytea not null unique,
    -- The key of fingerprints, the same for all versions, sealed with this one.
    fingerprint_key bytea not null,
    created_at      timestamptz not null default now()
);
