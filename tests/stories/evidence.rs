//! Evidence in one file: exported beside the daemon, opened by standard tools, verified where nothing of ours is, and broken byte by byte.

use std::process::Command;

use crate::house::pages::{RowSpec, bills_page};
use crate::house::parliament::{Parliament, Reply};
use crate::house::{House, tool};

const TITLE: &str = "Predlog zakona o potvrđivanju sporazuma između Ministarstva unutrašnjih poslova Republike Srbije i Federalne službe \
                     obezbeđenja Ruske Federacije o saradnji i zajedničkom delovanju";

/// A house that has seen the bill appear on a list that had none of it.
fn exported() -> (House, Vec<u8>) {
    let parliament = Parliament::open();
    let house = House::new().source("bills", "bills", &parliament, "/bills");
    let older = RowSpec::bill("403-18", "Predlog zakona o dopunama Zakona o putevima", "20. oktobar 2017.");
    parliament.serve("/bills", Reply::page(bills_page(std::slice::from_ref(&older))));
    house.run(&["poll"]).expect(0);
    parliament.serve("/bills", Reply::page(bills_page(&[RowSpec::bill("404-18", TITLE, "23. oktobar 2017."), older])));
    house.run(&["poll", "--full"]).expect(0);
    let done = house.run(&["evidence", "export", "404-18", "--out", "404-18.tar"]).expect(0);
    let bytes = std::fs::read(house.path().join("404-18.tar")).unwrap();
    assert!(done.stdout.contains("sha256 "), "{}", done.stdout);
    (house, bytes)
}

/// The program alone, in an empty folder, with neither settings nor data.
fn verify(bytes: &[u8]) -> (i32, String) {
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::write(elsewhere.path().join("x.tar"), bytes).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_potvrda"));
    command.args(["evidence", "verify", "x.tar"]).current_dir(elsewhere.path()).env_clear();
    let ran = command.output().unwrap();
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 1, "verifying makes nothing");
    (ran.status.code().unwrap(), format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr)))
}

#[test]
fn an_archive_is_verified_where_nothing_of_ours_is_and_opened_by_tar() {
    let (house, bytes) = exported();
    let (code, said) = verify(&bytes);
    assert_eq!(code, 0, "{said}");
    if tool("tar").is_none() || tool("sha256sum").is_none() {
        return;
    }
    let script = "tar xf 404-18.tar && cd potvrda-404-18 && sha256sum --strict -c SHA256SUMS && grep -l obezbeđenja evidence/*/*/*/*.html && cat evidence/*/*/*/*.json";
    let ran = Command::new("sh").args(["-c", script]).current_dir(house.path()).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    for words in ["log.jsonl: OK", "request_headers", "user-agent", "content-type"] {
        assert!(said.to_lowercase().contains(&words.to_lowercase()), "{words} is not in {said}");
    }
}

#[test]
fn a_single_changed_byte_anywhere_is_found_and_named() {
    let (house, good) = exported();
    let path = house.path().join("bad.tar");
    // Every block's start, end and some place between, and each byte of the last blocks.
    let places = (0..good.len()).step_by(97).chain((0..good.len()).step_by(512)).chain(good.len() - 2_048..good.len());
    let mut tried = 0;
    for at in places {
        for mask in [0x01, 0x20] {
            let mut bad = good.clone();
            bad[at] ^= mask;
            let verified = potvrda::app::exhibits::verify(bad.as_slice()).unwrap();
            assert!(!verified.problems.is_empty(), "byte {at} ^ {mask:#x} was not found");
            tried += 1;
        }
    }
    assert!(tried > 2_000, "{tried}");
    // By the program: what is named is what was changed.
    let at = good.windows(10).position(|w| w == b"obezbe\xc4\x91en").unwrap();
    let mut bad = good.clone();
    bad[at] ^= 1;
    std::fs::write(&path, &bad).unwrap();
    let ran = house.run(&["evidence", "verify", path.to_str().unwrap()]).expect(1);
    assert!(
        ran.stderr.contains("has been changed") && (ran.stderr.contains("evidence/2") || ran.stderr.contains("log.jsonl")),
        "{}",
        ran.stderr
    );
    for cut in [0, 100, 512, good.len() / 2, good.len() - 1] {
        assert_eq!(verify(&good[..cut]).0, 1, "cut at {cut}");
    }
}

#[test]
fn a_kept_page_that_was_changed_is_not_exported_and_one_that_is_gone_is_named() {
    let (house, _) = exported();
    let find = |ext: &str| {
        let ran = Command::new("find").arg(house.data().join("evidence")).args(["-name", &format!("*.{ext}")]).output().unwrap();
        String::from_utf8(ran.stdout).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let page = find("html").into_iter().find(|p| std::fs::read_to_string(p).unwrap().contains("404-18")).unwrap();
    let whole = std::fs::read(&page).unwrap();
    std::fs::write(&page, [&whole[..], b" "].concat()).unwrap();
    let ran = house.run(&["evidence", "export", "404-18", "--out", "x.tar"]).expect(1);
    assert!(ran.stderr.contains("has been changed") && !house.path().join("x.tar").exists(), "{}", ran.stderr);
    std::fs::remove_file(&page).unwrap();
    let ran = house.run(&["evidence", "export", "404-18", "--out", "x.tar", "--json"]).expect(0);
    assert_eq!(ran.json()["missing"].as_array().unwrap().len(), 1, "{}", ran.stdout);
    house.run(&["evidence", "verify", "x.tar"]).expect(0);
}
