measuring::install!();
#[test]
fn show() {
    for f in relay::lesson().facts {
        let t = std::time::Instant::now();
        let v = (f.value)();
        println!("{:40} {v}   ({:?})", f.name, t.elapsed());
    }
    for c in relay::lesson().cases() { println!("{:40} {:?}", c.id(), c.heap()); }
    for s in relay::lesson().staircases { s.assert_steps_agree(); }
}
