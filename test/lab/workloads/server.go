// A server as Go programs are by default: since Go 1.24 its listener speaks MPTCP where the kernel does.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(77)
	}
	if os.WriteFile(os.Getenv("READY"), []byte("0\n"), 0o644) != nil {
		os.Exit(1)
	}
	http.Serve(listener, nil)
}
