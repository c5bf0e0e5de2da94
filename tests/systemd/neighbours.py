"""A parliament (port 80) and a mail server (port 25, wants a login), for the trial of the service. Standard library alone.

The parliament shows the pages of the demo; what stands in /trial/bills is the list of bills, if it is there, and an address that ends in
/endless is never answered. The mail server keeps every letter it took in /trial/letters, and the login it was given beside it.
"""

import base64
import http.server
import os
import pathlib
import socket
import socketserver
import threading
import time

PAGES = pathlib.Path("/trial/pages")
BILLS = pathlib.Path("/trial/bills")
LETTERS = pathlib.Path("/trial/letters")
LOGIN = b"\0potvrda\0tajna lozinka"


class Parliament(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path.endswith("/endless"):
            pathlib.Path("/trial/asked-endless").touch()
            time.sleep(300)
            return
        page = PAGES / ("laws_2017_10.html" if "1033" in self.path else "bills_2017_10.html")
        if "1037" in self.path and BILLS.exists():
            page = BILLS
        body = page.read_bytes() if "1037" in self.path or "1033" in self.path else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Mail(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 mail.test ESMTP")
        login, begun = "nobody", False
        while line := self.rfile.readline():
            verb = line.strip().upper()
            if verb.startswith(b"EHLO"):
                self.say("250-mail.test\r\n250-8BITMIME\r\n250 AUTH PLAIN")
            elif verb.startswith(b"AUTH PLAIN"):
                words = line.split()
                if len(words) < 3:
                    self.say("334 ")
                    words = [b"", b"", self.rfile.readline().strip()]
                right = base64.b64decode(words[2]) == LOGIN
                login = "potvrda" if right else "nobody"
                self.say("235 welcome" if right else "535 5.7.8 no")
            elif verb.startswith(b"MAIL") and login == "nobody":
                self.say("530 5.7.0 log in first")
            elif verb == b"DATA":
                self.say("354 go on")
                letter = b""
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    letter += line
                (LETTERS / f"{time.time_ns()}.eml").write_bytes(letter)
                self.say("250 taken")
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


LETTERS.mkdir(exist_ok=True)
servers = [Server(("127.0.0.1", 80), Parliament), Server(("127.0.0.1", 25), Mail)]
threads = [threading.Thread(target=server.serve_forever) for server in servers]
for thread in threads:
    thread.start()
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
    systemd.sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])
