//! The faults of the network, of HTTP and of bodies, each served by a real server and met by the fetcher.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use potvrda::io::fetch::{Answer, FetchError, Fetcher, Jar, Manners, Request, Snapshot, Validators};
use tokio::time::Instant;
use url::Url;

use crate::house::parliament::{Parliament, Reply};
use crate::house::tls::Authority;

const PAGE: &str = "<!DOCTYPE html><html><body><table><tr><td>Predlog zakona</td></tr></table></body></html>";

/// Impatient, and allowed on loopback.
fn manners() -> Manners {
    Manners { timeout: Duration::from_millis(800), min_interval: Duration::ZERO, allow_private_addresses: true, ..Manners::default() }
}

/// The name of the parliament, answered by a server of the story's.
fn at_home(manners: Manners, parliament: &Parliament) -> Manners {
    let hosts = ["www.parlament.gov.rs", "www.parlament.rs", "evil.example"];
    Manners { hosts: hosts.iter().map(|host| ((*host).to_owned(), vec![parliament.address()])).collect(), ..manners }
}

fn now() -> DateTime<Utc> {
    "2018-03-06T10:00:00Z".parse().unwrap()
}

fn tell<T>(story: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(story)
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

async fn ask_with(fetcher: &Fetcher, url: &Url, validators: Option<&Validators>) -> Result<Answer, FetchError> {
    let jar = Jar::default();
    let mut request = Request::new(url, &jar, Instant::now() + Duration::from_secs(10), now());
    request.validators = validators;
    fetcher.get(&request).await
}

fn ask(manners: Manners, address: &str) -> Result<Snapshot, FetchError> {
    tell(async { ask_of(&Fetcher::new(manners), address).await })
}

async fn ask_of(fetcher: &Fetcher, address: &str) -> Result<Snapshot, FetchError> {
    match ask_with(fetcher, &url(address), None).await? {
        Answer::Page(snapshot) => Ok(snapshot),
        Answer::Unmodified { .. } => panic!("unmodified, though nothing was said of a version"),
    }
}

/// What comes of one reply at `/list`.
fn served(reply: Reply) -> Result<Snapshot, FetchError> {
    let parliament = Parliament::open();
    parliament.serve("/list", reply);
    ask(manners(), &parliament.url("/list"))
}

fn raw(text: &str) -> Reply {
    Reply::Raw(text.as_bytes().to_vec())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_page_comes_with_all_that_is_known_of_it() {
    let parliament = Parliament::open();
    parliament.serve("/akti/zakoni%20u.1037.html", Reply::validated(PAGE));
    let address = parliament.url("/akti/zakoni u.1037.html");
    let page = ask(Manners { contact: "ko@ngo.example\r\nX: y".into(), ..manners() }, &address).unwrap();
    assert_eq!((page.body.as_slice(), page.status, page.verified), (PAGE.as_bytes(), 200, true));
    assert_eq!(page.sha256.len(), 64);
    assert_eq!(page.content_type.as_deref(), Some("text/html; charset=utf-8"));
    assert!(page.validators.etag.is_some() && page.validators.last_modified.is_some());
    assert_eq!(page.fetched_at, now());
    let asked = parliament.asked_for("/akti/zakoni%20u.1037.html");
    let agent = asked[0].header("user-agent").unwrap();
    assert_eq!(agent, format!("potvrda/{} (+ko@ngo.exampleX: y)", env!("CARGO_PKG_VERSION")));
}

#[test]
fn asked_again_with_its_validators_a_page_is_unmodified_until_it_changes() {
    let parliament = Parliament::open();
    parliament.serve("/list", Reply::validated(PAGE));
    tell(async {
        let (fetcher, list) = (Fetcher::new(manners()), url(&parliament.url("/list")));
        let first = ask_of(&fetcher, list.as_str()).await.unwrap();
        assert!(matches!(ask_with(&fetcher, &list, Some(&first.validators)).await, Ok(Answer::Unmodified { .. })));
        let by_date = Validators { etag: None, ..first.validators.clone() };
        assert!(matches!(ask_with(&fetcher, &list, Some(&by_date)).await, Ok(Answer::Unmodified { .. })));
        parliament.serve("/list", Reply::validated(format!("{PAGE} ")));
        assert!(matches!(ask_with(&fetcher, &list, Some(&first.validators)).await, Ok(Answer::Page(_))));
    });
    assert_eq!(parliament.connections(), 1, "one connection is kept");
    assert_eq!(parliament.asked_for("/robots.txt").len(), 1, "robots.txt is asked once a day");
}

#[test]
fn n1_a_name_that_is_none_cannot_be_reached() {
    let error = ask(manners(), "http://parlament.invalid/").unwrap_err();
    assert!(matches!(error, FetchError::Unreachable { .. } | FetchError::TimedOut), "{error:?}");
}

#[test]
fn n2_a_refused_connection_fails_at_once() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let started = Instant::now();
    let error = ask(manners(), &format!("http://{address}/")).unwrap_err();
    assert!(matches!(error, FetchError::Unreachable { .. }), "{error:?}");
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[test]
fn n4_a_reset_before_the_answer_or_in_it_is_no_page() {
    assert!(matches!(served(Reply::Reset), Err(FetchError::Cut { .. })));
    let cut = served(raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<html>"));
    assert!(matches!(cut, Err(FetchError::Cut { .. })), "{cut:?}");
}

#[test]
fn n5_closed_without_a_byte_is_tried_once_more_on_a_fresh_connection() {
    let parliament = Parliament::open();
    parliament.serve_in_turn("/list", vec![Reply::Close, Reply::page(PAGE)]);
    assert_eq!(ask(manners(), &parliament.url("/list")).unwrap().body, PAGE.as_bytes());
    let asked = parliament.asked_for("/list");
    assert_eq!(asked.len(), 2);
    assert_ne!(asked[0].connection, asked[1].connection);

    let parliament = Parliament::open();
    parliament.serve("/list", Reply::Close);
    assert!(matches!(ask(manners(), &parliament.url("/list")), Err(FetchError::Cut { .. })));
    assert_eq!(parliament.asked_for("/list").len(), 2, "once more and no more");
}

#[test]
fn retries_are_tries_beyond_the_immediate_one() {
    let parliament = Parliament::open();
    parliament.serve_in_turn("/list", vec![Reply::status(502, ""), Reply::status(502, ""), Reply::page(PAGE)]);
    assert!(ask(Manners { retries: 2, ..manners() }, &parliament.url("/list")).is_ok());
    assert_eq!(parliament.asked_for("/list").len(), 3);
}

#[test]
fn n6_n7_silence_stalls_and_drips_end_at_the_deadline() {
    let drip = Reply::Drip(format!("HTTP/1.1 200 OK\r\n\r\n{PAGE}").into_bytes(), Duration::from_millis(30));
    let stalls = ["", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<html>"];
    let mut faults: Vec<Reply> = stalls.iter().map(|text| Reply::Stall(text.as_bytes().to_vec())).collect();
    faults.push(drip);
    for fault in faults {
        let parliament = Parliament::open();
        parliament.serve("/list", fault);
        let started = Instant::now();
        let impatient = Manners { timeout: Duration::from_millis(300), ..manners() };
        assert_eq!(ask(impatient, &parliament.url("/list")).unwrap_err(), FetchError::TimedOut);
        assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    }
}

#[test]
fn a_site_that_is_silent_to_robots_txt_too_takes_no_longer() {
    let parliament = Parliament::open();
    parliament.serve("/robots.txt", Reply::Stall(Vec::new()));
    parliament.serve("/list", Reply::Stall(Vec::new()));
    let started = Instant::now();
    assert_eq!(ask(manners(), &parliament.url("/list")).unwrap_err(), FetchError::TimedOut);
    assert!(started.elapsed() < Duration::from_millis(1_000), "{:?}", started.elapsed());
}

#[test]
fn the_time_of_the_whole_poll_ends_a_request_too() {
    let parliament = Parliament::open();
    parliament.serve("/list", Reply::Stall(Vec::new()));
    let error = tell(async {
        let (jar, list) = (Jar::default(), url(&parliament.url("/list")));
        Fetcher::new(Manners { timeout: Duration::from_secs(60), ..manners() })
            .get(&Request::new(&list, &jar, Instant::now() + Duration::from_millis(200), now()))
            .await
    });
    assert!(matches!(error, Err(FetchError::TimedOut)), "{error:?}");
}

#[test]
fn n8_a_dead_ipv6_address_costs_nothing_where_ipv4_answers() {
    let parliament = Parliament::open();
    parliament.serve("/list", Reply::page(PAGE));
    let dead: SocketAddr = format!("[100::1]:{}", parliament.address().port()).parse().unwrap();
    let hosts = [("www.parlament.gov.rs".to_owned(), vec![dead, parliament.address()])].into();
    let page = ask(Manners { hosts, timeout: Duration::from_secs(5), ..manners() }, &parliament.url_at("www.parlament.gov.rs", "/list"));
    assert_eq!(page.unwrap().body, PAGE.as_bytes());
}

static FILES: AtomicU32 = AtomicU32::new(0);

fn trusting(authority: &Authority) -> (tempfile::TempDir, Manners) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(format!("ca{}.pem", FILES.fetch_add(1, Ordering::Relaxed)));
    std::fs::write(&file, authority.pem()).unwrap();
    (folder, Manners { extra_ca_file: Some(file), timeout: Duration::from_secs(5), ..manners() })
}

#[test]
fn n9_a_bad_certificate_is_named_and_only_read_when_told_to() {
    let authority = Authority::new();
    let (_kept, trusting) = trusting(&authority);
    let table = [
        (authority.signs(&["127.0.0.1"]), trusting.clone(), None),
        (authority.signs(&["www.parlament.gov.rs"]), trusting.clone(), Some("another name")),
        (authority.signs_until(&["127.0.0.1"], 2020), trusting.clone(), Some("expired")),
        (
            authority.signs(&["127.0.0.1"]),
            Manners { timeout: Duration::from_secs(5), ..manners() },
            Some("signed by itself or by an authority"),
        ),
    ];
    for (identity, manners, fault) in table {
        let parliament = Parliament::open_tls(identity);
        parliament.serve("/list", Reply::page(PAGE));
        let address = parliament.url("/list");
        match (ask(manners.clone(), &address), fault) {
            (Ok(page), None) => assert!(page.verified),
            (Err(FetchError::Tls { why, certificate: true }), Some(fault)) => assert!(why.contains(fault), "{why}"),
            (other, fault) => panic!("{fault:?}: {other:?}"),
        }
        let unverified = tell(async {
            let (jar, list) = (Jar::default(), url(&address));
            let request = Request { verify: false, ..Request::new(&list, &jar, Instant::now() + Duration::from_secs(5), now()) };
            Fetcher::new(manners).get(&request).await
        });
        assert!(matches!(unverified, Ok(Answer::Page(Snapshot { verified: false, .. }))), "{unverified:?}");
    }
}

#[test]
fn n10_a_handshake_that_stalls_ends_in_time() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("https://{}/", silent.local_addr().unwrap());
    let error = ask(Manners { timeout: Duration::from_millis(300), ..manners() }, &address).unwrap_err();
    assert!(matches!(error, FetchError::TimedOut | FetchError::Unreachable { .. }), "{error:?}");
}

#[test]
fn h1_h4_a_refusal_is_told_with_its_status() {
    for status in [400, 401, 403, 404, 410, 429, 500, 502, 503, 504] {
        assert_eq!(served(Reply::status(status, PAGE)).unwrap_err(), FetchError::Refused { status, retry_after: None });
    }
}

#[test]
fn h2_retry_after_is_handed_on() {
    let refused = served(Reply::status(503, "").with("Retry-After", "Tue, 06 Mar 2018 11:00:00 GMT")).unwrap_err();
    assert_eq!(refused, FetchError::Refused { status: 503, retry_after: Some(Duration::from_secs(3_600)) });
    let refused = served(Reply::status(429, "").with("Retry-After", "zxc")).unwrap_err();
    assert_eq!(refused, FetchError::Refused { status: 429, retry_after: None });
}

#[test]
fn h5_the_same_site_and_its_twin_are_followed_and_no_other() {
    let parliament = Parliament::open();
    let home = |path: &str| parliament.url_at("www.parlament.gov.rs", path);
    parliament.serve("/list", Reply::redirect(301, &parliament.url_at("www.parlament.rs", "/new")));
    parliament.serve("/for-now", Reply::redirect(302, "/new#part"));
    parliament.serve("/away", Reply::redirect(302, &parliament.url_at("evil.example", "/new")));
    parliament.serve("/new", Reply::page(PAGE));
    let manners = at_home(manners(), &parliament);
    let page = ask(manners.clone(), &home("/list")).unwrap();
    assert_eq!(page.moved_to.as_ref(), Some(&page.url));
    assert_eq!((page.url.host_str(), page.requested_url.as_str()), (Some("www.parlament.rs"), home("/list").as_str()));
    assert_eq!(ask(manners.clone(), &home("/for-now")).unwrap().moved_to, None, "a 302 moves nothing for good");
    assert!(matches!(ask(manners.clone(), &home("/away")), Err(FetchError::Redirected { .. })));
    assert!(parliament.asked().iter().all(|asked| !asked.header("host").unwrap().starts_with("evil")));
    assert!(ask(Manners { allow_hosts: vec!["evil.example".into()], ..manners }, &home("/away")).is_ok());
}

#[test]
fn h6_five_redirects_are_followed_and_no_sixth() {
    let parliament = Parliament::open();
    for i in 0..6 {
        parliament.serve(&format!("/{i}"), Reply::redirect(302, &format!("/{}", i + 1)));
    }
    parliament.serve("/6", Reply::page(PAGE));
    parliament.serve("/loop", Reply::redirect(302, "/loop"));
    assert!(ask(manners(), &parliament.url("/1")).is_ok());
    assert!(matches!(ask(manners(), &parliament.url("/0")), Err(FetchError::Circling { .. })));
    assert!(matches!(ask(manners(), &parliament.url("/loop")), Err(FetchError::Circling { .. })));
    assert_eq!(parliament.asked_for("/loop").len(), 6);
}

#[test]
fn h7_x4_only_http_and_https_and_no_passwords() {
    for to in [
        "file:///etc/passwd",
        "data:text/html,x",
        "ftp://127.0.0.1/",
        "javascript:alert(1)",
        "http://a:b@127.0.0.1/",
        "http://[",
        "//evil.example/",
    ] {
        let outcome = served(Reply::redirect(302, to));
        assert!(matches!(outcome, Err(FetchError::Redirected { .. })), "{to}: {outcome:?}");
    }
    tell(async {
        let (fetcher, jar, site) = (Fetcher::new(manners()), Jar::default(), url("http://www.parlament.gov.rs/"));
        for link in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:,x",
            "//evil.example/",
            "http://u:p@www.parlament.gov.rs/",
            "http://169.254.169.254/",
        ] {
            let link = site.join(link).unwrap();
            let request = Request { site: &site, ..Request::new(&link, &jar, Instant::now() + Duration::from_secs(1), now()) };
            assert!(matches!(fetcher.get(&request).await, Err(FetchError::Forbidden { .. })), "{link}");
        }
    });
}

#[test]
fn h8_private_addresses_are_refused_before_and_after_resolving() {
    let parliament = Parliament::open();
    parliament.serve("/list", Reply::page(PAGE));
    let strict = Manners { allow_private_addresses: false, ..at_home(manners(), &parliament) };
    let mut addresses =
        vec![parliament.url("/list"), parliament.url_at("localhost", "/list"), parliament.url_at("www.parlament.gov.rs", "/list")];
    addresses.extend(
        ["http://169.254.169.254/", "http://10.0.0.1/", "http://[fd00::1]/", "http://100.64.0.1/", "http://[::ffff:127.0.0.1]/"]
            .map(str::to_owned),
    );
    for address in addresses {
        let outcome = ask(strict.clone(), &address);
        assert!(matches!(outcome, Err(FetchError::Forbidden { .. })), "{address}: {outcome:?}");
    }
    assert_eq!(parliament.connections(), 0, "nobody was even connected to");
}

#[test]
fn h9_a_304_that_nobody_asked_for_is_no_answer() {
    assert_eq!(served(Reply::status(304, "")).unwrap_err(), FetchError::NotModifiedUnasked);
}

#[test]
fn h12_answers_without_a_whole_page_are_unusable() {
    for status in [204, 205, 206, 300, 301, 302, 303, 305, 307, 308] {
        assert_eq!(served(Reply::status(status, "")).unwrap_err(), FetchError::Unusable { status });
    }
}

#[test]
fn h13_headers_without_end_are_bounded() {
    let many: String = (0..1_000).map(|i| format!("X-{i}: {}\r\n", "x".repeat(1_000))).collect();
    let few_and_good: String = (0..50).map(|i| format!("X-{i}: {}\r\n", "x".repeat(1_000))).collect();
    let outcome = served(raw(&format!("HTTP/1.1 200 OK\r\n{many}\r\n{PAGE}")));
    assert!(matches!(outcome, Err(FetchError::Malformed { .. })), "{outcome:?}");
    let outcome = served(Reply::Endless(b"HTTP/1.1 200 OK\r\nX: ".to_vec(), vec![b'x'; 4_096]));
    assert!(matches!(outcome, Err(FetchError::Malformed { .. })), "{outcome:?}");
    assert!(served(raw(&format!("HTTP/1.1 200 OK\r\n{few_and_good}\r\n{PAGE}"))).is_ok());
}

#[test]
fn h14_not_http_fails_and_old_or_early_http_does_not() {
    let outcome = served(raw("220 mail.example ESMTP\r\n"));
    assert!(matches!(outcome, Err(FetchError::Malformed { .. })), "{outcome:?}");
    assert_eq!(served(raw(&format!("HTTP/1.0 200 OK\r\n\r\n{PAGE}"))).unwrap().body, PAGE.as_bytes());
    let early = format!("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{PAGE}", PAGE.len());
    assert_eq!(served(raw(&early)).unwrap().body, PAGE.as_bytes());
}

#[test]
fn h15_a_wall_of_cookies_is_passed_and_forgotten() {
    let parliament = Parliament::open();
    let wall = || vec![Reply::redirect(302, "/list").with("Set-Cookie", "wall=1; Path=/").with("Set-Cookie", "b=2"), Reply::page(PAGE)];
    parliament.serve_in_turn("/list", wall());
    tell(async {
        let fetcher = Fetcher::new(manners());
        assert!(ask_of(&fetcher, &parliament.url("/list")).await.is_ok());
        parliament.serve_in_turn("/list", wall());
        assert!(ask_of(&fetcher, &parliament.url("/list")).await.is_ok());
    });
    let asked = parliament.asked_for("/list");
    let cookies: Vec<bool> =
        asked.iter().map(|asked| asked.header("cookie").is_some_and(|c| c.contains("wall=1") && c.contains("b=2"))).collect();
    assert_eq!(cookies, [false, true, false, true], "the second poll begins without any");
}

#[test]
fn https_is_never_left_for_http() {
    let authority = Authority::new();
    let (_kept, trusting) = trusting(&authority);
    let plain = Parliament::open();
    plain.serve("/list", Reply::page(PAGE));
    let parliament = Parliament::open_tls(authority.signs(&["127.0.0.1"]));
    parliament.serve("/list", Reply::redirect(302, &plain.url("/list")));
    assert!(matches!(ask(trusting.clone(), &parliament.url("/list")), Err(FetchError::Redirected { .. })));
    assert_eq!(plain.connections(), 0);
    parliament.serve("/list", Reply::page(PAGE));
    plain.serve("/list", Reply::redirect(301, &parliament.url("/list")));
    assert_eq!(ask(trusting, &plain.url("/list")).unwrap().url.scheme(), "https", "the other way is welcome");
}

#[test]
fn b2_a_body_that_was_cut_is_no_page() {
    for text in [
        "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<html>",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n<html>\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n<html>",
    ] {
        let outcome = served(raw(text));
        assert!(matches!(outcome, Err(FetchError::Cut { .. })), "{outcome:?}");
    }
}

#[test]
fn b3_a_body_without_end_is_stopped_at_the_limit() {
    let started = Instant::now();
    let large = Manners { timeout: Duration::from_secs(20), ..manners() };
    let chunk = [b"1000\r\n".to_vec(), vec![b'a'; 4_096], b"\r\n".to_vec()].concat();
    let faults = [
        Reply::Endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec(), chunk),
        Reply::Endless(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'a'; 65_536]),
        Reply::Endless(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n".to_vec(), vec![b'a'; 65_536]),
    ];
    for fault in faults {
        let parliament = Parliament::open();
        parliament.serve("/list", fault);
        assert_eq!(ask(large.clone(), &parliament.url("/list")).unwrap_err(), FetchError::TooLarge { bytes_max: 8 * 1024 * 1024 });
    }
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

#[test]
fn b4_b5_gzip_is_unpacked_whole_or_not_at_all() {
    let packed = gzip(PAGE.as_bytes());
    let as_gzip = |body: &[u8]| served(Reply::page(body).with("Content-Encoding", "gzip"));
    assert_eq!(as_gzip(&packed).unwrap().body, PAGE.as_bytes());
    assert!(matches!(as_gzip(&packed[..packed.len() - 9]), Err(FetchError::Decoding { .. })));
    assert!(matches!(as_gzip(PAGE.as_bytes()), Err(FetchError::Decoding { .. })));
    assert!(matches!(as_gzip(&gzip(&packed)), Err(FetchError::Decoding { .. })));
    assert!(matches!(as_gzip(&gzip(&vec![b' '; 64 * 1024 * 1024])), Err(FetchError::TooLarge { .. })));
}

#[test]
fn b1_an_empty_page_is_handed_on_as_it_is() {
    assert_eq!(served(Reply::page("")).unwrap().body, b"");
}

#[test]
fn one_site_is_asked_no_faster_than_good_manners_allow() {
    let parliament = Parliament::open();
    parliament.serve("/list", Reply::redirect(302, "/new"));
    parliament.serve("/new", Reply::page(PAGE));
    ask(Manners { min_interval: Duration::from_millis(300), ..manners() }, &parliament.url("/list")).unwrap();
    let apart = parliament.asked_for("/new")[0].after - parliament.asked_for("/list")[0].after;
    assert!(apart >= Duration::from_millis(290), "{apart:?}");
}

#[test]
fn robots_txt_is_honoured_and_never_blocks_when_it_fails() {
    let forbids = Reply::document("text/plain", "User-agent: *\nDisallow: /list");
    for (robots, allowed) in [(forbids, false), (Reply::status(500, ""), true), (Reply::Stall(Vec::new()), true), (Reply::Reset, true)] {
        let parliament = Parliament::open();
        parliament.serve("/robots.txt", robots);
        parliament.serve("/list", Reply::page(PAGE));
        let outcome = ask(manners(), &parliament.url("/list"));
        assert_eq!(outcome.is_ok(), allowed, "{outcome:?}");
        assert!(allowed || outcome.unwrap_err() == FetchError::Disallowed);
    }
}

#[test]
fn a_robots_txt_kept_from_an_earlier_run_is_not_asked_again() {
    let parliament = Parliament::open();
    parliament.serve("/list", Reply::page(PAGE));
    tell(async {
        let first = Fetcher::new(manners());
        ask_of(&first, &parliament.url("/list")).await.unwrap();
        let second = Fetcher::new(manners());
        for (origin, robots) in first.robots() {
            second.recall_robots(origin, robots);
        }
        ask_of(&second, &parliament.url("/list")).await.unwrap();
    });
    assert_eq!(parliament.asked_for("/robots.txt").len(), 1);
}

#[test]
fn every_failure_says_what_to_do_now() {
    for error in
        [served(Reply::Close), served(Reply::status(404, "")), served(Reply::status(304, "")), ask(Manners::default(), "http://127.0.0.1/")]
    {
        let error = error.unwrap_err();
        assert!(error.hint().len() > 20, "{error}");
    }
}
