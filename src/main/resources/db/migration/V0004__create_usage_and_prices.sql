-- What keys have used, by model and day (UTC). key_id 0 stands for anonymous callers; rows outlive their keys.
create table usage_by_day (
    key_id             bigint not null,
    model              text   not null check (length(model) between 1 and 100),
    day                date   not null,
    calls              bigint not null,
    estimated_calls    bigint not null,
    -- Neither read from the upstream's cache nor written to it: the three kinds of input are apart.
    input_tokens       bigint not null,
    cached_tokens      bigint not null,
    cache_write_tokens bigint not null,
    -- With the reasoning tokens.
    output_tokens      bigint not null,
    reasoning_tokens   bigint not null,
    -- Money in 1/1,000,000,000 USD.
    cost               bigint not null,
    primary key (key_id, model, day)
) with (fillfactor = 70);

create index usage_by_day_day on usage_by_day (day);

-- The last batch that each start of an instance has written. It changes together with usage_by_day, so that a batch whose
-- outcome the instance never heard can be sent again without being counted twice.
create table usage_batch (
    writer     uuid primary key,
    number     bigint      not null,
    written_at timestamptz not null default now()
) with (fillfactor = 50);

-- USD per million tokens. A model is a name, or a pattern in which * stands for any characters.
create table model_price (
    model        text primary key check (length(model) between 1 and 100 and model !~ '[[:space:][:cntrl:]]'),
    input        numeric(11, 6) not null check (input between 0 and 10000),
    cached_input numeric(11, 6) not null check (cached_input between 0 and 10000),
    cache_write  numeric(11, 6) not null check (cache_write between 0 and 10000),
    output       numeric(11, 6) not null check (output between 0 and 10000),
    updated_at   timestamptz    not null default now()
);

-- Payload: the model.
create function notify_model_price() returns trigger language plpgsql as $$
begin
    perform pg_notify('mehari_model_price', coalesce(new.model, old.model));
    return null;
end $$;

create trigger model_price_changed after insert or update or delete on model_price
    for each row execute function notify_model_price();
create trigger model_price_truncated after truncate on model_price
    for each statement execute function notify_truncated();
