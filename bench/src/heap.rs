//! Seconds and heap bytes of what is built.
//!
//! An allocator that counts only while something is built: in the timed passes it costs one load.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicIsize, Ordering::Relaxed};

use cpu_time::ThreadTime;

#[global_allocator]
static COUNTING: Counting = Counting;
static IS_COUNTING: AtomicBool = AtomicBool::new(false);
static BYTES: AtomicIsize = AtomicIsize::new(0);

struct Counting;

/// What building cost: its time, and the heap bytes that the result keeps.
#[derive(Clone, Copy)]
pub struct Build {
    pub seconds: f64,
    pub bytes: isize,
}

/// Builds. Everything the result is made of must be allocated inside.
pub fn measure<T>(build: impl FnOnce() -> T) -> (T, Build) {
    BYTES.store(0, Relaxed);
    IS_COUNTING.store(true, Relaxed);
    let start = ThreadTime::now();
    let built = build();
    let seconds = start.elapsed().as_secs_f64();
    IS_COUNTING.store(false, Relaxed);
    (built, Build { seconds, bytes: BYTES.load(Relaxed) })
}

fn count(bytes: usize, sign: isize) {
    if IS_COUNTING.load(Relaxed) {
        BYTES.fetch_add(sign * bytes as isize, Relaxed);
    }
}

#[expect(unsafe_code, reason = "the trait of allocators is unsafe; each call goes to the system's")]
// SAFETY: every call is passed on unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 1);
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 1);
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(layout.size(), -1);
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size, 1);
        count(layout.size(), -1);
        unsafe { System.realloc(pointer, layout, size) }
    }
}
