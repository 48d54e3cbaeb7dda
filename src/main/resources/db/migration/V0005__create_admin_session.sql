-- The operators' password: one row, or none while no password is set. hash: pbkdf2-sha256$rounds$salt$hash.
create table admin_password (
    single     boolean     primary key default true check (single),
    hash       text        not null,
    version    uuid        not null default gen_random_uuid(),
    updated_at timestamptz not null default now()
);

-- Sessions of those who logged in. What they show is never stored: token_hash is its SHA-256 in lower-case hex. A session
-- counts only while the password with which it was opened is in force.
create table admin_session (
    token_hash       text        primary key check (token_hash ~ '^[0-9a-f]{64}$'),
    password_version uuid        not null,
    created_at       timestamptz not null default now(),
    seen_at          timestamptz not null default now()
);
