-- The to-do list of PowerSync's and Supabase's demos.
create table lists (id uuid not null default gen_random_uuid (), created_at timestamp with time zone not null default now(), name text not null, owner_id uuid not null, constraint lists_pkey primary key (id));
create table todos (id uuid not null default gen_random_uuid (), created_at timestamp with time zone not null default now(), completed_at timestamp with time zone null, description text not null, completed boolean not null default false, created_by uuid null, completed_by uuid null, list_id uuid not null, photo_id uuid null, constraint todos_pkey primary key (id), constraint todos_list_id_fkey foreign key (list_id) references lists (id) on delete cascade) ;
alter table lists enable row level security;
create policy "owned lists" on lists for ALL using (true);
