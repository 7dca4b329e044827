-- As Rails writes structure.sql.
CREATE TABLE schema_migrations (version character varying NOT NULL, CONSTRAINT schema_migrations_pkey PRIMARY KEY (version));
CREATE TABLE ar_internal_metadata (key character varying NOT NULL PRIMARY KEY, value character varying, created_at timestamp(6) without time zone NOT NULL, updated_at timestamp(6) without time zone NOT NULL);
CREATE TABLE users (id bigserial PRIMARY KEY, email character varying DEFAULT '' NOT NULL, encrypted_password character varying DEFAULT ''::character varying NOT NULL, sign_in_count integer DEFAULT 0 NOT NULL, admin boolean DEFAULT false, created_at timestamp(6) without time zone NOT NULL, updated_at timestamp(6) without time zone NOT NULL, settings jsonb DEFAULT '{}'::jsonb NOT NULL, tags character varying[] DEFAULT '{}'::character varying[]);
CREATE UNIQUE INDEX index_users_on_email ON users USING btree (email);
CREATE TABLE posts (id bigserial PRIMARY KEY, user_id bigint NOT NULL, title character varying, body text, status integer DEFAULT 0 NOT NULL, price numeric(10,2), lock_version integer DEFAULT 0);
CREATE INDEX index_posts_on_user_id ON posts USING btree (user_id);
ALTER TABLE posts ADD CONSTRAINT fk_rails_5b5ddfd518 FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
CREATE TABLE active_storage_attachments (id bigserial PRIMARY KEY, name character varying NOT NULL, record_type character varying NOT NULL, record_id bigint NOT NULL);
CREATE UNIQUE INDEX index_active_storage_attachments_uniqueness ON active_storage_attachments USING btree (record_type, record_id, name);
