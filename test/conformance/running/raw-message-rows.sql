-- Messages of the last hour in every status, for the boards over examples/qgx/raw-message.sql.
INSERT INTO raw_message (received_at, message_type, status, trace_id, error)
SELECT NOW(3) - INTERVAL seq * 17 SECOND, 'order', ELT(1 + seq % 4, 'RECEIVED', 'PROCESSING', 'PROCESSED', 'FAILED'), MD5(seq), IF(seq % 4 = 3, 'refused', NULL)
FROM seq_1_to_200;
