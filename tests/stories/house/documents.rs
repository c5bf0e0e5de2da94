//! Documents that a story hands out: PDFs with text, PDFs without, and Word files, made here by hand.

use std::io::Write;
use std::process::{Command, Stdio};

/// A PDF with these pages of lines. Letters beyond WinAnsi go through a font encoding of their own, as old programs did it.
pub fn pdf(pages: &[&[&str]]) -> Vec<u8> {
    let contents: Vec<String> = pages
        .iter()
        .map(|lines| {
            let shown: String = lines.iter().map(|line| format!("({}) Tj T*\n", coded(line))).collect();
            format!("BT /F1 11 Tf 40 800 Td 14 TL\n{shown}ET")
        })
        .collect();
    assemble(&contents)
}

/// A PDF whose pages are pictures: nothing on them is a letter.
pub fn scan(pages: usize) -> Vec<u8> {
    assemble(&vec!["0.5 g 50 50 400 700 re f".to_owned(); pages])
}

/// The first page of a PDF as a copier makes it: one picture, drawn by pdftoppm.
pub fn photographed(pdf: &[u8]) -> Vec<u8> {
    let drawn = ["-r", "200", "-jpeg", "-singlefile", "-"];
    let mut drawing = Command::new("pdftoppm").args(drawn).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    drawing.stdin.take().unwrap().write_all(pdf).unwrap();
    let picture = drawing.wait_with_output().unwrap().stdout;
    // Its size stands behind the marker of a baseline picture (ITU-T T.81, B.2.2).
    let at = picture.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    let number = |from: usize| u16::from_be_bytes([picture[from], picture[from + 1]]);
    let (height, width) = (number(at + 5), number(at + 7));
    let content = "q 595 0 0 842 0 0 cm /P Do Q";
    let mut file = format!(
        "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n\
         3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /P 5 0 R >> >> >>\nendobj\n\
         4 0 obj\n<< /Length {} >>\nstream\n{content}\nendstream\nendobj\n\
         5 0 obj\n<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB /BitsPerComponent 8 \
         /Filter /DCTDecode /Length {} >>\nstream\n",
        content.len(),
        picture.len()
    )
    .into_bytes();
    file.extend(picture);
    // Without a table of contents: readers look for the objects themselves.
    file.extend(b"\nendstream\nendobj\ntrailer << /Size 6 /Root 1 0 R >>\n%%EOF\n");
    file
}

/// The letters of Serbian Latin that WinAnsi has not, at codes of their own; pdftotext reads their names.
const OWN: [(char, u8, &str); 10] = [
    ('č', 128, "ccaron"),
    ('ć', 129, "cacute"),
    ('đ', 130, "dcroat"),
    ('š', 131, "scaron"),
    ('ž', 132, "zcaron"),
    ('Č', 133, "Ccaron"),
    ('Ć', 134, "Cacute"),
    ('Đ', 135, "Dcroat"),
    ('Š', 136, "Scaron"),
    ('Ž', 137, "Zcaron"),
];

fn coded(line: &str) -> String {
    line.chars()
        .map(|c| match OWN.iter().find(|(own, ..)| *own == c) {
            Some((_, code, _)) => format!("\\{code:03o}"),
            None if matches!(c, '(' | ')' | '\\') => format!("\\{c}"),
            None => c.to_string(),
        })
        .collect()
}

fn assemble(contents: &[String]) -> Vec<u8> {
    let names: String = OWN.iter().map(|(_, _, name)| format!("/{name} ")).collect();
    let kids: String = (0..contents.len()).map(|n| format!("{} 0 R ", 4 + 2 * n)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", contents.len()),
        format!(
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [128 {names}] >> >>"
        ),
    ];
    for (n, content) in contents.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R /Resources << /Font << /F1 3 0 R >> >> >>",
            5 + 2 * n
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    }
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut at = Vec::new();
    for (n, object) in objects.iter().enumerate() {
        at.push(file.len());
        file.extend(format!("{} 0 obj\n{object}\nendobj\n", n + 1).into_bytes());
    }
    let start = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).into_bytes());
    at.iter().for_each(|offset| file.extend(format!("{offset:010} 00000 n \n").into_bytes()));
    file.extend(format!("trailer << /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1).into_bytes());
    file
}

/// A DOCX with these paragraphs: a zip whose members are stored, not packed.
pub fn docx(paragraphs: &[&str]) -> Vec<u8> {
    let body: String = paragraphs.iter().map(|text| format!("<w:p><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>")).collect();
    let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>";
    zip(&[
        (
            "[Content_Types].xml",
            format!(
                "{xml}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "{xml}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>"
            ),
        ),
        (
            "word/document.xml",
            format!(
                "{xml}<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}</w:body></w:document>"
            ),
        ),
    ])
}

fn zip(members: &[(&str, String)]) -> Vec<u8> {
    let (mut file, mut central) = (Vec::new(), Vec::new());
    for (name, text) in members {
        let mut sum = flate2::Crc::new();
        sum.update(text.as_bytes());
        let size = u32::try_from(text.len()).unwrap().to_le_bytes();
        let mut head = Vec::new();
        head.extend([20, 0, 0, 0, 0, 0, 0, 0, 33, 0]);
        head.extend(sum.sum().to_le_bytes());
        head.extend(size);
        head.extend(size);
        head.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        head.extend([0, 0]);
        let at = u32::try_from(file.len()).unwrap().to_le_bytes();
        file.write_all(b"PK\x03\x04").unwrap();
        file.extend(&head);
        file.extend(name.bytes());
        file.extend(text.bytes());
        central.extend(b"PK\x01\x02\x14\x00");
        central.extend(&head);
        central.extend([0; 10]);
        central.extend(at);
        central.extend(name.bytes());
    }
    let (at, size) = (u32::try_from(file.len()).unwrap(), u32::try_from(central.len()).unwrap());
    let count = u16::try_from(members.len()).unwrap().to_le_bytes();
    file.extend(&central);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend(count);
    file.extend(count);
    file.extend(size.to_le_bytes());
    file.extend(at.to_le_bytes());
    file.extend([0, 0]);
    file
}
