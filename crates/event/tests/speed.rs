#[test]
fn speed() {
    use eventyard_event::*;
    let items: Vec<String> = (0..6).map(|n| format!(r#"{{"sku":"SKU-{n}0042","name":"A thing with a name {n}","qty":{n},"price":1{n}.95,"fragile":false,"tags":["a","bb","ccc"]}}"#)).collect();
    let text = format!(
        r#"{{"specversion":"1.0","id":"evt-000000001","source":"shop.checkout","type":"OrderPlaced","time":"2026-11-24T05:33:16.123Z","subject":"order-4711","datacontenttype":"application/json","data":{{"customer":{{"id":"C-99182","email":"someone@example.com","address":"Main street 42, 12345 Some City, Somewhere"}},"total":1299.5,"currency":"EUR","items":[{}]}}}}"#,
        items.join(",")
    );
    println!("{} bytes", text.len());
    let limits = Limits::default();
    let time = |name: &str, f: &mut dyn FnMut()| {
        for _ in 0..20000 {
            f()
        }
        let start = std::time::Instant::now();
        for _ in 0..200000 {
            f()
        }
        println!("{name}: {} ns", start.elapsed().as_nanos() / 200000);
    };
    time("json::parse", &mut || {
        std::hint::black_box(json::parse(text.as_bytes(), &limits).unwrap());
    });
    time("serde_json::Value", &mut || {
        std::hint::black_box(serde_json::from_str::<serde_json::Value>(&text).unwrap());
    });
    time("Event::from_document", &mut || {
        std::hint::black_box(Event::from_document(text.as_bytes(), &limits).unwrap());
    });
    let event = Event::from_document(text.as_bytes(), &limits).unwrap();
    time("root", &mut || {
        std::hint::black_box(event.root());
    });
    time("delivered", &mut || {
        std::hint::black_box(event.delivered(&Travel::default()));
    });
    println!("size of Value {}", std::mem::size_of::<json::Value<'_>>());
}
