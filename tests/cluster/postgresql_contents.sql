-- Prints, for every table and materialized view, its rows and a checksum of them that no order changes.
SET app.maintenance = 'on';
SELECT format(
  'SELECT %L, count(*), md5(string_agg(one::text, E''\n'' ORDER BY one::text COLLATE "C")) FROM %I.%I one',
  relname, nspname, relname)
  FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
 WHERE relkind IN ('r', 'm') AND nspname = 'public' ORDER BY relname \gexec
