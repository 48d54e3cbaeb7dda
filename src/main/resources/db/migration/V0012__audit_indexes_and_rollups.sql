-- The key serves inserts that come twice, and reading a chain in its order; time has an index of its own, which is smaller
-- than a key that begins with it would make one for chains.
alter table audit_event drop constraint audit_event_pkey;
alter table audit_event add primary key (chain, sequence, at);

-- Newest first.
create index audit_event_at on audit_event (at);
-- What else events are looked up by: of each 16 pages of the table (some 400 events) a filter that says which values are surely
-- not there, and which pairs of frequent values that never go together. An event costs next to nothing when it is written,
-- since pages are covered later, by audit_cover.
create index audit_event_terms on audit_event using brin (
    at,
    key_id int8_bloom_ops (n_distinct_per_range = 256),
    credential_id int8_bloom_ops (n_distinct_per_range = 128),
    upstream text_bloom_ops (n_distinct_per_range = 32),
    model text_bloom_ops (n_distinct_per_range = 64),
    status int2_minmax_multi_ops,
    outcome text_bloom_ops (n_distinct_per_range = 16),
    request_id text_bloom_ops (n_distinct_per_range = 512, false_positive_rate = 0.001),
    trace_id text_bloom_ops (n_distinct_per_range = 512, false_positive_rate = 0.001),
    (hashtext(upstream) # hashtext(model)) int4_bloom_ops (n_distinct_per_range = 64),
    (hashtext(upstream) # hashtext(outcome)) int4_bloom_ops (n_distinct_per_range = 32),
    (hashtext(upstream)::bigint # credential_id) int8_bloom_ops (n_distinct_per_range = 128),
    (hashtext(outcome)::bigint # credential_id) int8_bloom_ops (n_distinct_per_range = 128),
    (hashtext(outcome) # (status / 100)) int4_bloom_ops (n_distinct_per_range = 32)
) with (pages_per_range = 16);

-- Has audit_event_terms cover what has come since the last time for a day or later ones. What is not covered is read by every
-- search that uses the index; PostgreSQL itself covers it when it vacuums. Does nothing while another session is at it.
create function audit_cover(since date) returns void language plpgsql set lock_timeout = '500ms' as $$
declare
    part regclass;
begin
    if not pg_try_advisory_xact_lock(hashtext('mehari_audit_cover')) then
        return;
    end if;
    for part in
        select i.indexrelid from pg_partition_tree('audit_event_terms') t
            join pg_index i on i.indexrelid = t.relid
            join pg_class c on c.oid = i.indrelid
        where t.isleaf and c.relname >= 'audit_event_' || to_char(since, 'YYYYMMDD')
    loop
        begin
            perform brin_summarize_new_values(part);
        exception when lock_not_available or undefined_table then
            null; -- being vacuumed, or dropped
        end;
    end loop;
end $$;

-- A chain may outlive the one that it follows.
alter table audit_chain drop constraint audit_chain_previous_fkey;
alter table audit_chain add foreign key (previous) references audit_chain (id) on delete set null;

-- Events that are not there any more, or never came so far, and the chain's links around them. Ed25519 over the instance's id, first and last sequence
-- (8 bytes each, big-endian), the link before, the link after and the reason.
create table audit_gap (
    chain          integer     not null references audit_chain (id),
    first_sequence bigint      not null check (first_sequence > 0),
    last_sequence  bigint      not null check (last_sequence >= first_sequence),
    before         bytea       not null check (length(before) = 32),
    after          bytea       not null check (length(after) = 32),
    -- retention; journal, queue, refused or unreadable: lost on the way here.
    reason         text        not null,
    public_key     bytea       not null,
    signature      bytea       not null,
    at             timestamptz not null default now(),
    primary key (chain, first_sequence)
);

-- Notes events that are lost on the way here. The same may be written again. Returns whether it was new.
create function audit_lost(chain_id integer, first_lost bigint, last_lost bigint, link_before bytea, link_after bytea,
    why text, key_used bytea, signature_ bytea) returns boolean language plpgsql as $$
begin
    insert into audit_gap (chain, first_sequence, last_sequence, before, after, reason, public_key, signature)
    values (chain_id, first_lost, last_lost, link_before, link_after, why, key_used, signature_)
    on conflict do nothing;
    return found;
end $$;

-- Days whose events were dropped; an event that comes for one of them later is summed up and dropped, too.
create table audit_dropped_day (
    day     date primary key,
    reason  text        not null,
    events  bigint      not null,
    bytes   bigint      not null,
    at      timestamptz not null default now()
);

-- Sums of an hour. Several rows of one hour with the same key, upstream, model and outcome add up.
create table audit_hour (
    start              timestamptz not null,
    key_id             bigint      not null,
    -- Empty: the call went nowhere.
    upstream           text        not null,
    -- Empty: the call named none, or went nowhere.
    model              text        not null,
    outcome            text        not null,
    calls              bigint      not null,
    retries            bigint      not null,
    input_tokens       bigint      not null,
    cached_tokens      bigint      not null,
    cache_write_tokens bigint      not null,
    output_tokens      bigint      not null,
    reasoning_tokens   bigint      not null,
    estimated_calls    bigint      not null,
    cost               bigint      not null,
    request_bytes      bigint      not null,
    response_bytes     bigint      not null,
    queue_ms           bigint      not null,
    queued_calls       bigint      not null,
    first_byte_ms      bigint      not null,
    first_byte_calls   bigint      not null,
    total_ms           bigint      not null,
    -- How long calls took: a number with twelve digits for each bucket, so that histograms add up like any number. The last
    -- twelve count the calls of 0 ms, those before them bucket 1, and so on; bucket n is from 2^((n-1)/4) to 2^(n/4) ms, up to 104.
    durations          numeric     not null
);
create index audit_hour_start on audit_hour (start);

-- Sums of a day (UTC).
create table audit_day (like audit_hour);
create index audit_day_start on audit_day (start);
