//! Letters signed by the domain's key, and verified by somebody else's verifier (python3-dkim), as they left.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::house::pages::{RowSpec, bills_page};
use crate::house::parliament::{Parliament, Reply};
use crate::house::{House, tool};
use crate::watch::BILLS;

/// Prints `True` or `False` for each file: argv is the record of the DNS, then the files.
const VERIFY: &str = "
import sys, dkim
for name in sys.argv[2:]:
    message = open(name, 'rb').read()
    print(dkim.verify(message, dnsfunc=lambda name, timeout=5: sys.argv[1].encode() if name.rstrip(b'.') == b'potvrda._domainkey.potvrda.example' else None))
";

fn openssl(arguments: &[&str]) -> Option<Vec<u8>> {
    let output = Command::new(tool("openssl")?).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Some(output.stdout)
}

/// Debian's own python3, for which its package was built.
fn verified(record: &str, files: &[&Path]) -> Option<Vec<bool>> {
    let python = tool("python3").map(|found| if Path::new("/usr/bin/python3").exists() { "/usr/bin/python3".into() } else { found })?;
    if !Command::new(&python).args(["-c", "import dkim"]).output().unwrap().status.success() {
        assert!(std::env::var_os("POTVRDA_TOOLS_REQUIRED").is_none(), "python3-dkim is missing, and POTVRDA_TOOLS_REQUIRED is set");
        eprintln!("SKIPPED: python3-dkim is not installed, so no signature was verified");
        return None;
    }
    let output = Command::new(python).arg("-c").arg(VERIFY).arg(record).args(files).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap().lines().map(|line| line == "True").collect())
}

fn house(key: &Path, parliament: &Parliament) -> House {
    std::fs::set_permissions(key, std::fs::Permissions::from_mode(0o600)).unwrap();
    let table = format!("domain = \"potvrda.example\"\nselector = \"potvrda\"\nkey_file = {key:?}");
    House::new().source("bills", "bills", parliament, BILLS).table("mail.dkim", &table).top("public_url = \"https://potvrda.example\"")
}

/// Two letters in different scripts, as files.
fn letters(house: &House, parliament: &Parliament) -> Vec<std::path::PathBuf> {
    for (reader, language) in [("ana@ngo.example", "sr-Cyrl"), ("bob@ngo.example", "en")] {
        house.run(&["subscriber", "add", reader, "--confirmed", "--reason", "story", "--language", language]).expect(0);
    }
    let title = "Predlog zakona o potvrđivanju Sporazuma između Vlade Republike Srbije i Vlade Republike Italije o  saradnji";
    let row = |number: usize| RowSpec::bill(&format!("{number}-26"), title, "2. novembar 2026.");
    for upto in [2, 3] {
        parliament.serve(BILLS, Reply::page(bills_page(&(1..upto).map(row).collect::<Vec<_>>())));
        house.run(&["poll"]).expect(0);
    }
    let folder = std::fs::read_dir(house.path().join("letters")).unwrap();
    let files: Vec<_> = folder.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "eml")).collect();
    assert_eq!(files.len(), 2);
    files
}

fn a_signed_letter_is_whole(arguments: &[&str], kind: &str) {
    let keys = tempfile::tempdir().unwrap();
    let key = keys.path().join("key.pem");
    let path = key.to_str().unwrap();
    if openssl(&[arguments, &["-out", path]].concat()).is_none() {
        return;
    }
    let parliament = Parliament::open();
    let house = house(&key, &parliament);
    let files = letters(&house, &parliament);
    let public = openssl(&["pkey", "-in", path, "-pubout", "-outform", "DER"]).unwrap();
    // The record of an Ed25519 key holds its 32 bytes alone (RFC 8463).
    let half = if kind == "ed25519" { &public[public.len() - 32..] } else { &public[..] };
    let encoded = openssl_base64(half);
    let record = format!("v=DKIM1; k={kind}; p={encoded}");
    let text = std::fs::read_to_string(&files[0]).unwrap();
    let signature = text.split("\r\nFrom:").next().unwrap().to_lowercase();
    for name in ["list-unsubscribe-post", "list-unsubscribe", "list-id", "from:to:subject:date"] {
        assert!(signature.replace("\r\n\t", "").contains(name), "{name} in\n{signature}");
    }
    assert!(text.lines().all(|line| line.len() <= 998));
    // Changed on the way: a word, the subject, another From, the way out.
    let changed: Vec<std::path::PathBuf> =
        [("=", "+"), ("Subject: ", "Subject: x"), ("From: ", "From: evil@x.example\r\nFrom: "), ("One-Click", "One-Clack")]
            .iter()
            .enumerate()
            .map(|(n, (from, to))| {
                let at = if *from == "=" { text.rfind(from).unwrap() } else { text.find(from).unwrap() };
                let name = keys.path().join(format!("changed-{n}.eml"));
                std::fs::write(&name, format!("{}{to}{}", &text[..at], &text[at + from.len()..])).unwrap();
                name
            })
            .collect();
    let all: Vec<&Path> = files.iter().chain(&changed).map(std::path::PathBuf::as_path).collect();
    if let Some(verdicts) = verified(&record, &all) {
        assert_eq!(verdicts, [true, true, false, false, false, false]);
    }
}

fn openssl_base64(bytes: &[u8]) -> String {
    use std::io::Write;
    let mut child = Command::new(tool("openssl").unwrap())
        .args(["base64", "-A"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
fn a_letter_signed_by_rsa_is_verified_by_another_program_and_no_changed_one_is() {
    a_signed_letter_is_whole(&["genrsa"], "rsa");
    a_signed_letter_is_whole(&["genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:2048"], "rsa");
}

#[test]
fn a_letter_signed_by_ed25519_is_verified_where_the_verifier_can() {
    let can = Command::new("/usr/bin/python3").args(["-c", "import nacl"]).output().is_ok_and(|output| output.status.success());
    if can {
        a_signed_letter_is_whole(&["genpkey", "-algorithm", "ed25519"], "ed25519");
    } else {
        eprintln!("SKIPPED: python3-nacl is not installed, so no Ed25519 signature was verified");
    }
}

#[test]
fn a_key_that_cannot_sign_is_said_before_a_letter_is_sent() {
    let keys = tempfile::tempdir().unwrap();
    let key = keys.path().join("key.pem");
    std::fs::write(&key, "not a key\n").unwrap();
    let parliament = Parliament::open();
    parliament.serve(BILLS, Reply::page(bills_page(&[])));
    let house = house(&key, &parliament);
    house.run(&["subscriber", "add", "ana@ngo.example", "--confirmed", "--reason", "story"]).expect(0);
    let said = house.run(&["deliver"]).expect(1).stderr;
    assert!(said.contains("mail.dkim.key_file") && said.contains("no private key"), "{said}");
    let said = house.run(&["check", "--offline"]).stdout;
    assert!(said.contains("mail.dkim.key_file"), "{said}");
}
