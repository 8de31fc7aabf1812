-- Fills every table of the system agents, and brings its views up to date.
SET app.maintenance = 'on';
INSERT INTO users (tenant_id, email)
  SELECT gen_random_uuid(), format('user-%s@example.com', n) FROM generate_series(1, 50) n;
INSERT INTO events (user_id, kind, context)
  SELECT id, 'view', jsonb_build_object('n', n) FROM users, generate_series(1, 20) n;
INSERT INTO predictions (user_id, kind, score, used)
  SELECT id, 'next', n / 7.0, n % 2 = 0 FROM users, generate_series(1, 10) n;
INSERT INTO suggestions (user_id, kind) SELECT id, 'tip' FROM users;
INSERT INTO patterns (user_id, kind, strength) SELECT id, 'daily', random() FROM users;
INSERT INTO weights (user_id, feature, value)
  SELECT id, format('f%s', n), random() FROM users, generate_series(1, 4) n;
INSERT INTO documents (user_id, title, body)
  SELECT id, 'Grüße', E'a body\nwith lines, "quotes" and ünïcode' FROM users;
INSERT INTO cache_entries
  SELECT format('row-%s', n), '{"a": 1}', now() + interval '1 day' FROM generate_series(1, 100) n;
REFRESH MATERIALIZED VIEW prediction_accuracy;
REFRESH MATERIALIZED VIEW suggestion_acceptance;
REFRESH MATERIALIZED VIEW pattern_frequency;
