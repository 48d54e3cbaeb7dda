-- wrk: POST of about 1 KB of JSON; prints its figures as one line of JSON. Environment: BENCH_AUTHORIZATION (may be empty).
wrk.method = "POST"
local start, finish = '{"model":"bench","stream":false,"messages":[{"role":"user","content":"', '"}]}'
wrk.body = start .. string.rep("word ", math.floor((1024 - #start - #finish) / 5)) .. finish
wrk.headers["Content-Type"] = "application/json"
local authorization = os.getenv("BENCH_AUTHORIZATION")
if authorization and #authorization > 0 then
  wrk.headers["Authorization"] = authorization
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    'BENCH {"requests":%d,"duration_us":%d,"p50_us":%d,"p90_us":%d,"p99_us":%d,"max_us":%d,"not_2xx":%d,"connect":%d,"read":%d,"write":%d,"timeout":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(90), latency:percentile(99), latency.max,
    e.status, e.connect, e.read, e.write, e.timeout))
end
