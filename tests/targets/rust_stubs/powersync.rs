//! What generated code names of the crate `powersync` (0.0.5), and the schema's JSON as it sends it.
//! https://github.com/powersync-ja/powersync-native/blob/main/powersync/src/db/schema.rs

pub mod schema {
    use std::borrow::Cow;

    type SchemaString = Cow<'static, str>;

    #[derive(Default, Debug)]
    pub struct Schema {
        pub tables: Vec<Table>,
    }

    #[derive(Debug)]
    pub struct Table {
        pub name: SchemaString,
        pub view_name_override: Option<SchemaString>,
        pub columns: Vec<Column>,
        pub indexes: Vec<Index>,
        pub options: TableOptions,
    }

    #[derive(Default, Debug)]
    pub struct TableOptions {
        pub local_only: bool,
        pub insert_only: bool,
        pub track_metadata: bool,
        pub track_previous_values: Option<TrackPreviousValues>,
        pub ignore_empty_updates: bool,
    }

    impl Table {
        pub fn create(
            name: impl Into<SchemaString>,
            columns: Vec<Column>,
            build: impl FnOnce(&mut Table),
        ) -> Self {
            let mut table = Self {
                name: name.into(),
                view_name_override: None,
                columns,
                indexes: vec![],
                options: TableOptions::default(),
            };
            build(&mut table);
            table
        }
    }

    #[derive(Debug)]
    pub struct Column {
        pub name: SchemaString,
        pub column_type: &'static str,
    }

    impl Column {
        pub fn text(name: impl Into<SchemaString>) -> Self {
            Self { name: name.into(), column_type: "TEXT" }
        }

        pub fn integer(name: impl Into<SchemaString>) -> Self {
            Self { name: name.into(), column_type: "INTEGER" }
        }

        pub fn real(name: impl Into<SchemaString>) -> Self {
            Self { name: name.into(), column_type: "REAL" }
        }
    }

    #[derive(Debug)]
    pub struct Index {
        pub name: SchemaString,
        pub columns: Vec<IndexedColumn>,
    }

    #[derive(Debug)]
    pub struct IndexedColumn {
        pub name: SchemaString,
        pub ascending: bool,
        pub type_name: SchemaString,
    }

    #[derive(Debug)]
    pub struct TrackPreviousValues {
        pub column_filter: Option<Vec<SchemaString>>,
        pub only_when_changed: bool,
    }

    /// The names of these tests hold no quotes and no controls.
    fn text(value: &str) -> String {
        format!("\"{value}\"")
    }

    fn list(items: impl Iterator<Item = String>) -> String {
        format!("[{}]", items.collect::<Vec<_>>().join(","))
    }

    impl Schema {
        pub fn to_json(&self) -> String {
            let tables = list(self.tables.iter().map(Table::to_json));
            format!("{{\"tables\":{tables},\"raw_tables\":[]}}")
        }
    }

    impl Table {
        fn to_json(&self) -> String {
            let columns = list(self.columns.iter().map(|column| {
                format!("{{\"name\":{},\"type\":{}}}", text(&column.name), text(column.column_type))
            }));
            let indexes = list(self.indexes.iter().map(|index| {
                let columns = list(index.columns.iter().map(|column| {
                    format!(
                        "{{\"name\":{},\"ascending\":{},\"type\":{}}}",
                        text(&column.name),
                        column.ascending,
                        text(&column.type_name)
                    )
                }));
                format!("{{\"name\":{},\"columns\":{columns}}}", text(&index.name))
            }));
            let options = &self.options;
            let previous = options.track_previous_values.as_ref();
            let old = match previous.map(|previous| &previous.column_filter) {
                None => "false".to_owned(),
                Some(None) => "true".to_owned(),
                Some(Some(columns)) => list(columns.iter().map(|column| text(column))),
            };
            format!(
                "{{\"name\":{},\"view_name\":{},\"columns\":{columns},\"indexes\":{indexes},\
                 \"local_only\":{},\"insert_only\":{},\"include_old\":{old},\
                 \"include_old_only_when_changed\":{},\"include_metadata\":{},\
                 \"ignore_empty_update\":{}}}",
                text(&self.name),
                text(self.view_name_override.as_ref().unwrap_or(&self.name)),
                options.local_only,
                options.insert_only,
                previous.is_some_and(|previous| previous.only_when_changed),
                options.track_metadata,
                options.ignore_empty_updates
            )
        }
    }
}
