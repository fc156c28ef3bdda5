//! Rows as Parquet, by the library of Apache Arrow.

use std::io::Write;
use std::sync::Arc;

use ::parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use ::parquet::schema::types::Type;

use super::{Column, Kind, Rows, SumsError, Value};

/// Rows that are kept in memory until they are written together.
const GROUP: usize = 65_536;

/// A file with all its columns optional, in groups of 65,536 rows.
pub(super) struct Parquet<W: Write + Send> {
    columns: Vec<Cells>,
    waiting: usize,
    file: SerializedFileWriter<W>,
}

/// Values of one column that wait, and for each row whether it has one.
struct Cells {
    there: Vec<i16>,
    values: Values,
}

enum Values {
    Text(Vec<ByteArray>),
    Whole(Vec<i64>),
    Number(Vec<f64>),
    Flag(Vec<bool>),
}

impl<W: Write + Send> Parquet<W> {
    pub(super) fn new(columns: &[Column], out: W) -> Result<Self, SumsError> {
        let fields = columns.iter().map(field).collect::<Result<Vec<_>, _>>()?;
        let schema = Arc::new(Type::group_type_builder("sums").with_fields(fields).build()?);
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let file = SerializedFileWriter::new(out, schema, Arc::new(properties))?;
        Ok(Self { columns: columns.iter().map(|column| Cells::of(column.kind)).collect(), waiting: 0, file })
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        let mut group = self.file.next_row_group()?;
        for cells in &mut self.columns {
            let Some(mut column) = group.next_column()? else { break };
            cells.write(&mut column)?;
            column.close()?;
        }
        group.close()?;
        self.waiting = 0;
        Ok(())
    }
}

impl<W: Write + Send> Rows for Parquet<W> {
    fn add(&mut self, row: &[Value<'_>]) -> Result<(), SumsError> {
        self.columns.iter_mut().zip(row).for_each(|(cells, value)| cells.add(value));
        self.waiting += 1;
        if self.waiting == GROUP {
            self.write_group()?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), SumsError> {
        if self.waiting > 0 {
            self.write_group()?;
        }
        self.file.finish()?;
        Ok(self.file.inner_mut().flush()?)
    }
}

impl Cells {
    fn of(kind: Kind) -> Self {
        let values = match kind {
            Kind::Text => Values::Text(Vec::new()),
            Kind::Whole => Values::Whole(Vec::new()),
            Kind::Number => Values::Number(Vec::new()),
            Kind::Flag => Values::Flag(Vec::new()),
        };
        Self { there: Vec::new(), values }
    }

    /// A value of another kind than the column's is missing.
    fn add(&mut self, value: &Value<'_>) {
        let is_there = match (&mut self.values, value) {
            (Values::Text(all), Value::Text(text)) => {
                all.push(text.as_bytes().to_vec().into());
                true
            }
            (Values::Whole(all), Value::Whole(whole)) => {
                all.push(*whole);
                true
            }
            (Values::Number(all), Value::Number(number)) => {
                all.push(*number);
                true
            }
            (Values::Flag(all), Value::Flag(flag)) => {
                all.push(*flag);
                true
            }
            _ => false,
        };
        self.there.push(i16::from(is_there));
    }

    fn write(&mut self, column: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let there = Some(std::mem::take(&mut self.there));
        let there = there.as_deref();
        match &mut self.values {
            Values::Text(all) => {
                column.typed::<ByteArrayType>().write_batch(&std::mem::take(all), there, None)?
            }
            Values::Whole(all) => {
                column.typed::<Int64Type>().write_batch(&std::mem::take(all), there, None)?
            }
            Values::Number(all) => {
                column.typed::<DoubleType>().write_batch(&std::mem::take(all), there, None)?
            }
            Values::Flag(all) => column.typed::<BoolType>().write_batch(&std::mem::take(all), there, None)?,
        };
        Ok(())
    }
}

fn field(column: &Column) -> Result<Arc<Type>, ParquetError> {
    let (physical, logical) = match column.kind {
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Whole => (Physical::INT64, None),
        Kind::Number => (Physical::DOUBLE, None),
        Kind::Flag => (Physical::BOOLEAN, None),
    };
    let builder = Type::primitive_type_builder(column.name, physical).with_repetition(Repetition::OPTIONAL);
    Ok(Arc::new(builder.with_logical_type(logical).build()?))
}
