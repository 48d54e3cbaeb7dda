-- Benches change far more often than credentials, and an instance that hears of one has to read benches only. Row by row, so
-- that a statement that changes nothing tells nobody; what is told several times in a transaction is heard once.
create function tell_bench() returns trigger language plpgsql as $$
begin
    perform pg_notify('mehari_credential', 'benches');
    return null;
end $$;

drop trigger bench_changed on credential_bench;
create trigger bench_changed after insert or update or delete on credential_bench
    for each row execute function tell_bench();
create trigger benches_truncated after truncate on credential_bench
    for each statement execute function tell_bench();

comment on column bench_rule.body is
    'A regular expression that the answer''s first 8 KiB have to hold; null for any.';
