//! Ids: stable, distinct, and the same in text.

use eventyard_event::{DeliveryId, Digest, Identity, short_hash};

#[test]
fn identities_are_the_same_in_every_version() {
    // Stores hold these: a change here loses every event that was accepted before it.
    assert_eq!(Identity::new("shop", "1").to_string(), "a8259c3178eabddcb4617427904b21db");
    let delivery = DeliveryId::new("main", &Identity::new("shop", "1"), "rule", "target", None);
    assert_eq!(delivery.to_string(), "c82598ebb777174f4bef7c4a53fc2683");
    assert_eq!(format!("{:08x}", short_hash("shop")), "cd4f18ef");
}

#[test]
fn parts_of_an_identity_do_not_run_together() {
    assert_ne!(Identity::new("ab", "c"), Identity::new("a", "bc"));
    assert_ne!(Identity::new("a", "b"), Identity::new("b", "a"));
}

#[test]
fn each_part_of_a_delivery_tells_it_apart() {
    let event = Identity::new("shop", "1");
    let id = DeliveryId::new("main", &event, "r", "t", None);
    for other in [
        DeliveryId::new("test", &event, "r", "t", None),
        DeliveryId::new("main", &Identity::new("shop", "2"), "r", "t", None),
        DeliveryId::new("main", &event, "r2", "t", None),
        DeliveryId::new("main", &event, "r", "t2", None),
        DeliveryId::new("main", &event, "r", "t", Some("")),
        DeliveryId::new("main", &event, "r", "t", Some("july")),
    ] {
        assert_ne!(id, other);
    }
}

#[test]
fn ids_are_hexadecimal_in_text_and_records() {
    let id = Identity::from_bytes([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
    assert_eq!(id.to_string(), "000102030405060708090a0b0c0d0eff");
    assert_eq!(id.to_string().parse(), Ok(id));
    assert_eq!(serde_json::from_str::<Identity>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
    assert!(!id.to_string().contains('.'));
    for text in ["", "00", "+00102030405060708090a0b0c0d0eff", "zz0102030405060708090a0b0c0d0eff"] {
        assert!(text.parse::<Digest>().is_err(), "{text}");
    }
}
