#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A proxy between apt on a machine whose network leads nowhere, and the package archives of this machine.

    apt-proxy.py serve SOCKET          for this machine: fetches what is asked for at the listeners that are handed over
    apt-proxy.py hand SOCKET PORT      in a network namespace: opens 127.0.0.1:PORT there, and hands it over

A socket stays in the network namespace in which it was made: the listener is the machine's, the proxy is not.
"""
import http.server
import shutil
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request

HOP_BY_HOP = {'connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade'}


def own_proxies():
    """What apt here uses, else what the environment says."""
    said = subprocess.run(['apt-config', 'shell', 'proxy', 'Acquire::http::Proxy'], check=False,
                          stdout=subprocess.PIPE, encoding='utf-8').stdout.strip()
    address = said.partition('=')[2].strip("'")
    return {'http': address, 'https': address} if address and address != 'DIRECT' else None


OPENER = urllib.request.build_opener(urllib.request.ProxyHandler(own_proxies()))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP | {'host'}}
        try:
            answer = OPENER.open(urllib.request.Request(self.path, headers=headers), timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        except OSError as error:
            self.send_error(502, str(error))
            return
        with answer:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            if 'Content-Length' not in answer.headers:
                self.send_header('Connection', 'close')
            self.end_headers()
            shutil.copyfileobj(answer, self.wfile)

    def do_CONNECT(self):
        """For archives by https."""
        name, _, port = self.path.rpartition(':')
        try:
            other = socket.create_connection((name.strip('[]'), int(port)), timeout=60)
        except OSError as error:
            self.send_error(502, str(error))
            return
        self.send_response(200)
        self.end_headers()
        back = threading.Thread(target=pour, args=(other, self.connection), daemon=True)
        back.start()
        pour(self.connection, other)
        back.join()
        self.close_connection = True

    def log_message(self, *args):
        pass


def pour(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class Server(http.server.ThreadingHTTPServer):
    def __init__(self, listener):
        super().__init__(listener.getsockname(), Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.server_name, self.server_port = listener.getsockname()


def serve(path):
    with socket.socket(socket.AF_UNIX) as desk:
        desk.bind(path)
        desk.listen()
        while True:
            connection, _ = desk.accept()
            with connection:
                descriptors = socket.recv_fds(connection, 1, 1)[1]
                listener = socket.socket(fileno=descriptors[0])
                threading.Thread(target=Server(listener).serve_forever, daemon=True).start()
                connection.sendall(b'.')


def hand(path, port):
    with socket.socket() as listener, socket.socket(socket.AF_UNIX) as desk:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(('127.0.0.1', port))
        listener.listen(64)
        desk.connect(path)
        socket.send_fds(desk, [b'.'], [listener.fileno()])
        desk.recv(1)


if __name__ == '__main__':
    if sys.argv[1] == 'serve':
        serve(sys.argv[2])
    else:
        hand(sys.argv[2], int(sys.argv[3]))
