-- The table behind the dashboard "QGX Raw Message Status". Grafana reads it with a user that may only SELECT.
CREATE TABLE raw_message (
  id           BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  received_at  DATETIME(3)     NOT NULL,
  message_type VARCHAR(64)     NOT NULL,
  status       ENUM ('RECEIVED', 'PROCESSING', 'PROCESSED', 'FAILED') NOT NULL,
  trace_id     CHAR(32)        NOT NULL,
  error        VARCHAR(1024)   NULL,
  KEY received_at_status (received_at, status),
  KEY trace_id (trace_id)
);
