//! Numbers, texts and lists of documents.

use super::{Document, Malformed, Tag, Value, Writer};

impl Document for f64 {
    fn write(&self, out: &mut Writer) {
        out.number(*self);
    }

    fn read(&mut self, value: &Value) -> Result<(), Malformed> {
        let Value::Number(number) = value else { return Err(Malformed) };
        *self = *number;
        Ok(())
    }
}

impl Document for f32 {
    fn write(&self, out: &mut Writer) {
        out.number(f64::from(*self));
    }

    fn read(&mut self, value: &Value) -> Result<(), Malformed> {
        let mut wide = 0.0;
        wide.read(value)?;
        *self = wide as f32;
        Ok(())
    }
}

macro_rules! whole {
    ($($kind:ident),+) => {$(
        impl Document for $kind {
            fn write(&self, out: &mut Writer) {
                out.number(f64::from(*self));
            }

            fn read(&mut self, value: &Value) -> Result<(), Malformed> {
                *self = value.whole($kind::MAX.into())? as $kind;
                Ok(())
            }
        }
    )+};
}
whole!(u8, u16, u32);

impl Document for bool {
    fn write(&self, out: &mut Writer) {
        out.tag(if *self { Tag::True } else { Tag::False });
    }

    fn read(&mut self, value: &Value) -> Result<(), Malformed> {
        let Value::Flag(flag) = value else { return Err(Malformed) };
        *self = *flag;
        Ok(())
    }
}

impl Document for String {
    fn write(&self, out: &mut Writer) {
        out.text(self);
    }

    fn read(&mut self, value: &Value) -> Result<(), Malformed> {
        let Value::Text(text) = value else { return Err(Malformed) };
        self.push_str(text);
        Ok(())
    }
}

impl<T: Document> Document for Option<T> {
    fn write(&self, out: &mut Writer) {
        match self {
            Some(value) => value.write(out),
            None => out.tag(Tag::Null),
        }
    }

    fn read(&mut self, value: &Value) -> Result<(), Malformed> {
        if *value == Value::Null {
            return Ok(());
        }
        self.insert(T::default()).read(value)
    }
}

impl<T: Document> Document for Vec<T> {
    fn write(&self, out: &mut Writer) {
        out.list(self);
    }

    fn read(&mut self, value: &Value) -> Result<(), Malformed> {
        let Value::List(values) = value else { return Err(Malformed) };
        for value in values {
            let mut member = T::default();
            member.read(value)?;
            self.push(member);
        }
        Ok(())
    }
}

impl<T: Document, const N: usize> Document for [T; N]
where
    [T; N]: Default,
{
    fn write(&self, out: &mut Writer) {
        out.list(self);
    }

    fn read(&mut self, value: &Value) -> Result<(), Malformed> {
        match value {
            Value::List(values) if values.len() == N => {
                self.iter_mut().zip(values).try_for_each(|(member, value)| member.read(value))
            }
            _ => Err(Malformed),
        }
    }
}
