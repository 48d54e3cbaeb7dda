-- Live settings: what was set with "mehari config set"; a key without a row has its configured value.
create table setting (
    key        text primary key,
    value      text        not null,
    version    bigint      not null default 1,
    updated_at timestamptz not null default now()
);

-- Callers' keys. A key itself is never stored: key_hash is its SHA-256 in lower-case hex,
--   encode(sha256('mh_...'), 'hex')
-- and prefix its first characters, for people to tell keys apart.
create table api_key (
    id         bigint generated always as identity primary key,
    name       text        not null unique check (length(name) between 1 and 100),
    prefix     text        not null default '',
    key_hash   text        not null unique check (key_hash ~ '^[0-9a-f]{64}$'),
    enabled    boolean     not null default true,
    priority   smallint    not null default 5 check (priority between 0 and 9),
    created_at timestamptz not null default now(),
    expires_at timestamptz
);

-- Every change tells every instance, also one made with plain SQL. Payload: the setting's key.
create function notify_setting() returns trigger language plpgsql as $$
begin
    perform pg_notify('mehari_setting', coalesce(new.key, old.key));
    return null;
end $$;

create trigger setting_changed after insert or update or delete on setting
    for each row execute function notify_setting();

-- Payload: the key's hash; both when a key was replaced by another.
create function notify_api_key() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        perform pg_notify('mehari_api_key', old.key_hash);
    end if;
    if tg_op <> 'DELETE' then
        perform pg_notify('mehari_api_key', new.key_hash);
    end if;
    return null;
end $$;

create trigger api_key_changed after insert or update or delete on api_key
    for each row execute function notify_api_key();

-- TRUNCATE names no rows: an empty payload means that anything may have changed.
create function notify_truncated() returns trigger language plpgsql as $$
begin
    perform pg_notify('mehari_' || tg_table_name, '');
    return null;
end $$;

create trigger setting_truncated after truncate on setting
    for each statement execute function notify_truncated();
create trigger api_key_truncated after truncate on api_key
    for each statement execute function notify_truncated();
