-- 100 messages a request
local command = '{"publish":{"channel":"bench","data":{"text":"' .. string.rep("x", 100) .. '"}}}'

wrk.method = "POST"
wrk.path = "/api/batch"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"commands":[' .. string.rep(command .. ",", 99) .. command .. "]}"

function response(status, headers, body)
    if status ~= 200 or body:find('"error"', 1, true) then
        io.stderr:write("not published: " .. status .. " " .. body .. "\n")
        os.exit(1)
    end
end
