# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy for the tests: CONNECT to 127.0.0.1, whatever name below .invalid is asked for.

proxy.py LOG [--address A] [--user USER:PASSWORD] [--tls CERT KEY CA]

A line in LOG for the port, and for each request: its first line, and who the client says it is in its certificate
("-" for nobody; with --tls it is asked for, and need not be given).
"""
import argparse
import base64
import socket
import ssl
import threading

parser = argparse.ArgumentParser()
parser.add_argument("log")
parser.add_argument("--address", default="127.0.0.1")
parser.add_argument("--user")
parser.add_argument("--tls", nargs=3)
options = parser.parse_args()
log = open(options.log, "a", buffering=1)


def copy(source, sink):
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            sink.sendall(data)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def read_head(client):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = client.recv(1)
        if not byte or len(head) > 65536:
            raise OSError("no request")
        head += byte
    return head.decode("latin-1").split("\r\n")


def serve(client):
    name = "-"
    if options.tls:
        client = tls.wrap_socket(client, server_side=True)
        if client.getpeercert():
            name = client.getpeercert()["subject"][0][0][1]
    lines = read_head(client)
    log.write("%s %s\n" % (lines[0], name))
    method, target = lines[0].split(" ")[:2]
    if options.user:
        token = base64.b64encode(options.user.encode()).decode()
        if "Proxy-Authorization: Basic " + token not in lines:
            client.sendall(b"HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
                           b"Content-Length: 0\r\nConnection: close\r\n\r\n")
            client.close()
            return
    host, port = target.rsplit(":", 1)
    if method != "CONNECT" or not host.endswith(".invalid"):
        client.sendall(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        client.close()
        return
    server = socket.create_connection(("127.0.0.1", int(port)))
    client.sendall(b"HTTP/1.1 200 Here you are\r\n\r\n")
    threading.Thread(target=copy, args=(server, client), daemon=True).start()
    copy(client, server)


def serve_quietly(client):
    try:
        serve(client)
    except (OSError, ValueError) as e:
        log.write("failed: %s\n" % e)


if options.tls:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(options.tls[0], options.tls[1])
    tls.load_verify_locations(options.tls[2])
    tls.verify_mode = ssl.CERT_OPTIONAL
family = socket.AF_INET6 if ":" in options.address else socket.AF_INET
with socket.create_server((options.address, 0), family=family) as listener:
    log.write("port %d\n" % listener.getsockname()[1])
    while True:
        threading.Thread(target=serve_quietly, args=(listener.accept()[0],), daemon=True).start()
