-- One row for each start of an instance, whose events form a chain of hashes.
create table audit_chain (
    id         integer generated always as identity primary key,
    instance   uuid        not null unique,
    -- The chain of the start before of the same instance, and its head: what the new chain begins with.
    previous   integer references audit_chain (id),
    first_link bytea       not null check (length(first_link) = 32),
    -- Ed25519, as X.509 writes public keys.
    public_key bytea       not null,
    started_at timestamptz not null default now()
);

-- The chain's head after an event, signed: Ed25519 over the instance's id, sequence (8 bytes, big-endian) and head.
create table audit_checkpoint (
    chain     integer     not null references audit_chain (id),
    sequence  bigint      not null,
    head      bytea       not null check (length(head) = 32),
    signature bytea       not null,
    at        timestamptz not null,
    primary key (chain, sequence)
);

-- One row for each call. No row is ever changed; days go as a whole.
create table audit_event (
    at                 timestamptz not null,
    chain              integer     not null,
    sequence           bigint      not null,
    -- First 8 bytes of the chain's link after this event.
    link               bigint      not null,
    request_id         text        not null,
    trace_id           text,
    -- 0: anonymous, or no valid key.
    key_id             bigint      not null,
    client             text,
    method             text        not null,
    path               text        not null,
    dialect            text        not null,
    model              text,
    stream             boolean     not null,
    conversation       bigint      not null,
    upstream           text,
    credential_id      bigint      not null,
    retries            smallint    not null,
    outcome            text        not null,
    status             smallint    not null,
    reason             text,
    -- Milliseconds; -1: it never came so far.
    queue_ms           bigint      not null,
    first_byte_ms      bigint      not null,
    total_ms           bigint      not null,
    request_bytes      bigint      not null,
    response_bytes     bigint      not null,
    input_tokens       integer     not null,
    cached_tokens      integer     not null,
    cache_write_tokens integer     not null,
    output_tokens      integer     not null,
    reasoning_tokens   integer     not null,
    estimated          boolean     not null,
    -- Money in 1/1,000,000,000 USD.
    cost               bigint      not null,
    primary key (at, chain, sequence)
) partition by range (at);

-- Makes sure that there is a partition for the events of a day (UTC), named audit_event_20261231.
create function ensure_audit_day(day date) returns void language plpgsql as $$
declare
    name text := 'audit_event_' || to_char(day, 'YYYYMMDD');
begin
    if to_regclass(name) is null then
        perform pg_advisory_xact_lock(hashtext('mehari_audit_day'));
        execute format('create table if not exists %I partition of audit_event for values from (%L) to (%L)',
            name, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
    end if;
end $$;
