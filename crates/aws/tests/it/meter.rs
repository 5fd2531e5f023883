//! Counts the calls of a client, and the units that the table says they took.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::operation as op;
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextMut, Input,
    Output,
};

/// What a piece of work cost.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cost {
    /// Calls that were answered, by operation.
    pub calls: BTreeMap<&'static str, u32>,
    /// Units written, those of the index included.
    pub written: f64,
    /// Of those, units of the index.
    pub index: f64,
    /// Units read.
    pub read: f64,
    /// Calls that failed: writes whose condition did not hold, which are charged like writes.
    pub refused: u32,
}

impl Cost {
    /// All calls.
    pub fn calls(&self) -> u32 {
        self.calls.values().sum::<u32>() + self.refused
    }

    /// Units written, and one for each write that was refused.
    pub fn charged(&self) -> f64 {
        self.written + f64::from(self.refused)
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (charged, calls) = (self.charged(), self.calls());
        let Self { index, read, refused, .. } = self;
        write!(f, "{charged:>5} written (index {index}, refused {refused}), {read:>4} read, ")?;
        write!(f, "{calls} calls {:?}", self.calls)
    }
}

/// Counts the cost of what a client does; clones count together.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Mutex<Cost>>);

impl Meter {
    /// The cost since the last time it was taken.
    pub fn take(&self) -> Cost {
        std::mem::take(&mut *self.0.lock().expect("a meter"))
    }

    fn count(&self, operation: &'static str, capacity: &[ConsumedCapacity]) {
        let mut cost = self.0.lock().expect("a meter");
        *cost.calls.entry(operation).or_default() += 1;
        for capacity in capacity {
            let units = capacity.capacity_units().unwrap_or(0.0);
            if matches!(operation, "GetItem" | "BatchGetItem" | "Query") {
                cost.read += units;
                continue;
            }
            cost.written += units;
            let indexes = capacity.global_secondary_indexes().into_iter().flatten();
            cost.index += indexes.filter_map(|(_, index)| index.capacity_units()).sum::<f64>();
        }
    }
}

/// Asks every operation for its consumed capacity, and reads it from what it answers.
macro_rules! operations {
    ($($name:ident $module:ident $input:ident $output:ident)*) => {
        fn ask(input: &mut Input) {
            $(if let Some(input) = input.downcast_mut::<op::$module::$input>() {
                input.return_consumed_capacity = Some(ReturnConsumedCapacity::Indexes);
            })*
        }

        fn answered(output: &Output) -> Option<(&'static str, Vec<ConsumedCapacity>)> {
            $(if let Some(output) = output.downcast_ref::<op::$module::$output>() {
                let capacity = output.consumed_capacity.clone().into_iter();
                return Some((stringify!($name), capacity.flat_map(Capacity::list).collect()));
            })*
            None
        }
    };
}

operations! {
    PutItem put_item PutItemInput PutItemOutput
    UpdateItem update_item UpdateItemInput UpdateItemOutput
    DeleteItem delete_item DeleteItemInput DeleteItemOutput
    GetItem get_item GetItemInput GetItemOutput
    BatchGetItem batch_get_item BatchGetItemInput BatchGetItemOutput
    Query query QueryInput QueryOutput
    TransactWriteItems transact_write_items TransactWriteItemsInput TransactWriteItemsOutput
}

/// One capacity or several, as the operation has it.
trait Capacity {
    fn list(self) -> Vec<ConsumedCapacity>;
}

impl Capacity for ConsumedCapacity {
    fn list(self) -> Vec<ConsumedCapacity> {
        vec![self]
    }
}

impl Capacity for Vec<ConsumedCapacity> {
    fn list(self) -> Vec<ConsumedCapacity> {
        self
    }
}

impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "meter"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        ask(context.input_mut());
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        match context.output_or_error().map(answered) {
            Ok(Some((operation, capacity))) => self.count(operation, &capacity),
            Ok(None) => panic!("an operation that the store should not use, such as Scan"),
            Err(_) => self.0.lock().expect("a meter").refused += 1,
        }
        Ok(())
    }
}
