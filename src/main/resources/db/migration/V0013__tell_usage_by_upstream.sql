-- Usage also by the upstream that answered and the credential it was asked with. Rows from before keep '' and 0, which stand
-- for what is not known, and for calls without a credential of the pool.
alter table usage_by_day
    add column upstream      text   not null default '',
    add column credential_id bigint not null default 0,
    drop constraint usage_by_day_pkey,
    add primary key (key_id, model, upstream, credential_id, day);
