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

/// The files of an archive as they lie in it: header, bytes, padding.
fn files(archive: &[u8]) -> Vec<Vec<u8>> {
    let (mut files, mut at) = (Vec::new(), 0);
    while archive[at] != 0 {
        let size = usize::from_str_radix(std::str::from_utf8(&archive[at + 124..at + 135]).unwrap(), 8).unwrap();
        let end = at + 512 + size.div_ceil(512) * 512;
        files.push(archive[at..end].to_vec());
        at = end;
    }
    files
}

fn name(file: &[u8]) -> &str {
    std::str::from_utf8(&file[..100]).unwrap().trim_end_matches('\0')
}

fn body(file: &[u8]) -> &[u8] {
    let size = usize::from_str_radix(std::str::from_utf8(&file[124..135]).unwrap(), 8).unwrap();
    &file[512..512 + size]
}

/// The same file with other bytes.
fn with_body(file: &[u8], body: &[u8]) -> Vec<u8> {
    let mut head = file[..512].to_vec();
    head[124..136].copy_from_slice(format!("{:011o}\0", body.len()).as_bytes());
    head[148..156].copy_from_slice(b"        ");
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let padding = body.len().div_ceil(512) * 512 - body.len();
    [&head[..], body, &vec![0; padding]].concat()
}

/// An archive of these files whose list of sums was written anew, as a forger would.
fn forged(files: &[Vec<u8>]) -> Vec<u8> {
    use sha2::Digest;
    let hex = |bytes: &[u8]| sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let (list, rest): (Vec<&Vec<u8>>, Vec<&Vec<u8>>) = files.iter().partition(|file| name(file) == "SHA256SUMS");
    let sums: String = rest.iter().map(|file| format!("{}  {}\n", hex(body(file)), name(file))).collect();
    let parts: Vec<Vec<u8>> = rest.into_iter().cloned().chain([with_body(list[0], sums.as_bytes()), vec![0; 1024]]).collect();
    parts.concat()
}

#[test]
fn a_name_that_comes_twice_and_a_page_that_was_left_out_are_found_though_the_sums_were_written_anew() {
    let (_house, good) = exported();
    let files = files(&good);
    assert_eq!(verify(&forged(&files)).0, 0, "the forger's own hand changes nothing yet");
    let manifest = files.iter().find(|file| name(file) == "manifest.json").unwrap();
    let other = String::from_utf8(body(manifest).to_vec()).unwrap().replace("obezbeđenja", "bezbednosti");
    for twin in [manifest.clone(), with_body(manifest, other.as_bytes())] {
        for place in [0, files.len() - 1] {
            let mut twice = files.clone();
            twice.insert(place, twin.clone());
            let (code, said) = verify(&forged(&twice));
            assert!(code == 1 && said.contains("manifest.json is in the archive twice"), "{said}");
        }
    }
    let without: Vec<Vec<u8>> = files.iter().filter(|file| !name(file).contains(".html")).cloned().collect();
    assert!(without.len() < files.len());
    let (code, said) = verify(&forged(&without));
    assert!(code == 1 && said.contains(".html is in manifest.json and not in the archive"), "{said}");
}

#[test]
fn an_archive_made_to_be_a_burden_is_refused_in_little_memory() {
    let (_house, good) = exported();
    let files = files(&good);
    let sidecar = files.iter().find(|file| name(file).starts_with("evidence/") && name(file).ends_with(".json")).unwrap();
    let mut long = files.clone();
    let place = long.iter().position(|file| file == sidecar).unwrap();
    long[place] = with_body(sidecar, &vec![b' '; 3 << 20]);
    let (code, said) = verify(&forged(&long));
    assert!(code == 1 && said.contains("is longer than any that was ever written"), "{said}");
    let many: Vec<Vec<u8>> = (0..5_000)
        .map(|n| {
            let mut head = with_body(sidecar, b"x");
            head[..100].copy_from_slice(format!("{:\0<100}", format!("evidence/{n}.html")).as_bytes());
            with_body(&head, b"x")
        })
        .collect();
    let (code, said) = verify(&forged(&[many, files].concat()));
    assert!(code == 1 && said.contains("more") && said.lines().count() < 200, "{} lines", said.lines().count());
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
