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

-- Makes sure that a table has a partition for a day (UTC), named such as audit_event_20261231.
create function ensure_day(parent text, day date) returns void language plpgsql as $$
declare
    name text := parent || to_char(day, '_YYYYMMDD');
begin
    if to_regclass(name) is null then
        perform pg_advisory_xact_lock(hashtext('mehari_audit_day'));
        execute format('create table if not exists %I partition of %I for values from (%L) to (%L)',
            name, parent, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
    end if;
end $$;

-- The same for the events of a day.
create function ensure_audit_day(day date) returns void language plpgsql as $$
begin
    perform ensure_day('audit_event', day);
end $$;

-- Up to where hours have been summed up; events that come for an hour before that are late.
create table audit_rolled (
    only_one boolean primary key default true check (only_one),
    until    timestamptz not null
);
insert into audit_rolled (until) values (date_trunc('hour', now(), 'UTC'));

-- Hours to sum up, again or for the first time.
create table audit_due (
    hour timestamptz primary key
);

-- Days (UTC) of which an hour has been summed up since their own sums were.
create table audit_due_day (
    day timestamptz primary key
);

-- Notes hours that were summed up before these events came for them. Whoever moves audit_rolled on holds the same lock alone; so no
-- event can come between. The row of audit_due is locked even when it is there, so that whoever takes it away waits for the event.
create function note_late_audit_events(at_ bigint[], earliest timestamptz) returns void language plpgsql as $$
declare
    rolled timestamptz;
begin
    perform pg_advisory_xact_lock_shared(hashtext('mehari_audit_roll'));
    select until into rolled from audit_rolled;
    if earliest < rolled then
        insert into audit_due (hour)
        select distinct date_trunc('hour', e.at, 'UTC')
        from (select timestamptz 'epoch' + a * interval '1 microsecond' as at from unnest(at_) as a) as e
        where e.at < rolled order by 1
        on conflict (hour) do update set hour = excluded.hour;
    end if;
end $$;

-- Writes events that follow each other in a chain, and the checkpoint at their end. An element of each array belongs to an
-- event, the first to the one whose number is first_sequence; times are microseconds since 1970. What is there already stays
-- as it is, so that the same may be written again. Returns how many events were new. Of the checkpoints of one chain the last
-- is kept, and one for each minute.
create function audit_write(chain_id integer, first_sequence bigint, last_head bytea, last_signature bytea,
    signed_at bigint, at_ bigint[], link_ bigint[], request_id_ text[], trace_id_ text[], key_id_ bigint[],
    client_ text[], method_ text[], path_ text[], dialect_ text[], model_ text[], stream_ boolean[],
    conversation_ bigint[], upstream_ text[], credential_id_ bigint[], retries_ integer[], outcome_ text[],
    status_ integer[], reason_ text[], queue_ms_ bigint[], first_byte_ms_ bigint[], total_ms_ bigint[],
    request_bytes_ bigint[], response_bytes_ bigint[], input_tokens_ integer[], cached_tokens_ integer[],
    cache_write_tokens_ integer[], output_tokens_ integer[], reasoning_tokens_ integer[], estimated_ boolean[],
    cost_ bigint[]) returns bigint language plpgsql as $$
declare
    written bigint;
    last_sequence bigint := first_sequence + cardinality(at_) - 1;
    signed timestamptz := timestamptz 'epoch' + signed_at * interval '1 microsecond';
    earliest timestamptz;
    latest timestamptz;
    again boolean;
begin
    perform ensure_audit_day(date 'epoch' + d.day) from (
        select distinct (a / 86400000000)::integer as day from unnest(at_) as a) as d;
    select timestamptz 'epoch' + min(a) * interval '1 microsecond', timestamptz 'epoch' + max(a) * interval '1 microsecond'
    into earliest, latest from unnest(at_) as a;
    perform note_late_audit_events(at_, earliest);

    -- Asked once for all, for "on conflict do nothing" costs each event 3 us of CPU more. The arrays go side by side in the select
    -- list, because in "from" each is stored as a table of its own first, which costs as much.
    again := exists (select from audit_event as e
        where e.chain = chain_id and e.sequence between first_sequence and last_sequence and e.at between earliest and latest);
    insert into audit_event (at, chain, sequence, link, request_id, trace_id, key_id, client, method, path, dialect,
        model, stream, conversation, upstream, credential_id, retries, outcome, status, reason, queue_ms,
        first_byte_ms, total_ms, request_bytes, response_bytes, input_tokens, cached_tokens, cache_write_tokens,
        output_tokens, reasoning_tokens, estimated, cost)
    select * from (
        select timestamptz 'epoch' + unnest(at_) * interval '1 microsecond' as at, chain_id as chain,
            generate_series(first_sequence, last_sequence) as sequence,
            unnest(link_), unnest(request_id_), unnest(trace_id_), unnest(key_id_), unnest(client_),
            unnest(method_), unnest(path_), unnest(dialect_), unnest(model_), unnest(stream_),
            unnest(conversation_), unnest(upstream_), unnest(credential_id_), unnest(retries_),
            unnest(outcome_), unnest(status_), unnest(reason_), unnest(queue_ms_), unnest(first_byte_ms_),
            unnest(total_ms_), unnest(request_bytes_), unnest(response_bytes_), unnest(input_tokens_),
            unnest(cached_tokens_), unnest(cache_write_tokens_), unnest(output_tokens_),
            unnest(reasoning_tokens_), unnest(estimated_), unnest(cost_)) as n
    where not again or not exists (select from audit_event as e
        where e.chain = n.chain and e.sequence = n.sequence and e.at = n.at);
    get diagnostics written = row_count;

    insert into audit_checkpoint (chain, sequence, head, signature, at)
    values (chain_id, last_sequence, last_head, last_signature, signed)
    on conflict do nothing;
    delete from audit_checkpoint
    where chain = chain_id
        and sequence = (select max(sequence) from audit_checkpoint where chain = chain_id and sequence < last_sequence)
        and date_trunc('minute', at) = date_trunc('minute', signed);
    return written;
end $$;
