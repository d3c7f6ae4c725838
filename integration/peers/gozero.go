package main

import (
	"io"
	"os"
	"sync"

	"github.com/zeromicro/go-zero/core/logx"
	_ "github.com/zeromicro/go-zero/zrpc" // registers p2c_ewma
	"google.golang.org/grpc/grpclog"
)

// undisturbed undoes what go-zero does to its neighbours: its logger for grpc-go claims every verbose level, for which
// weighted_round_robin writes a line at each answer; its own picker writes one a minute.
var undisturbed = sync.OnceFunc(func() {
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, os.Stderr))
	logx.DisableStat()
})
