-- Fields, restrictions and limits of keys. Zero and the empty array mean: no limit, no restriction.
alter table api_key
    add column description       text        not null default '' check (length(description) <= 500),
    add column tags              text[]      not null default '{}',
    add column owner             text        not null default '' check (length(owner) <= 100),
    -- Either expires_at is fixed, or it is set by the first use: activated_at + expires_after_ms.
    add column expires_after_ms  bigint      not null default 0 check (expires_after_ms >= 0),
    add column activated_at      timestamptz,
    add column deleted_at        timestamptz,
    add column allowed_models    text[]      not null default '{}',
    add column allowed_clients   text[]      not null default '{}',
    add column allowed_upstreams text[]      not null default '{}',
    add column concurrency       int         not null default 0 check (concurrency between 0 and 1000000),
    add column requests          bigint      not null default 0 check (requests between 0 and 1000000000000),
    add column requests_window_ms bigint     not null default 60000 check (requests_window_ms between 1000 and 31622400000),
    add column tokens_per_minute bigint      not null default 0 check (tokens_per_minute between 0 and 1000000000000),
    add column tokens            bigint      not null default 0 check (tokens between 0 and 1000000000000),
    add column tokens_window_ms  bigint      not null default 60000 check (tokens_window_ms between 1000 and 31622400000),
    -- Money in 1/1,000,000,000 USD.
    add column cost_daily        bigint      not null default 0 check (cost_daily between 0 and 1000000000000000),
    add column cost_weekly       bigint      not null default 0 check (cost_weekly between 0 and 1000000000000000),
    add column cost_total        bigint      not null default 0 check (cost_total between 0 and 1000000000000000),
    -- How many calls beyond the concurrency limit may wait on each instance, and for how long.
    add column queue_size        int         not null default 0 check (queue_size between 0 and 10000),
    add column queue_timeout_ms  bigint      not null default 10000 check (queue_timeout_ms between 100 and 600000);

-- The name of a deleted key can be given again.
alter table api_key drop constraint api_key_name_key;
create unique index api_key_name on api_key (name) where deleted_at is null;

-- What a key has used, settled and still reserved; small and hot, so that every update is HOT. A counter belongs to the
-- window of its number: floor(ms / length) for requests, minutes and tokens, days since 1970 (UTC) for money per day, ISO
-- weeks since Monday 1970-01-05 for money per week. A counter with an older number counts as zero.
create table limit_state (
    key_id          bigint primary key,
    requests_window bigint not null default 0,
    requests_used   bigint not null default 0,
    minute_window   bigint not null default 0,
    minute_used     bigint not null default 0,
    tokens_window   bigint not null default 0,
    tokens_used     bigint not null default 0,
    day_window      bigint not null default 0,
    day_used        bigint not null default 0,
    week_window     bigint not null default 0,
    week_used       bigint not null default 0,
    total_used      bigint not null default 0
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_cost_delay = 0);

insert into limit_state (key_id) select id from api_key;

-- Each key has its state from its first moment to its last, whoever makes or purges it.
create function keep_limit_state() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        insert into limit_state (key_id) values (new.id);
    else
        delete from limit_state where key_id = old.id;
    end if;
    return null;
end $$;

create trigger api_key_has_state after insert or delete on api_key
    for each row execute function keep_limit_state();
