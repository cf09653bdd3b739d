-- one message a request
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"channel":"bench","data":{"text":"' .. string.rep("x", 100) .. '"}}'

function response(status, headers, body)
    if status ~= 200 or not body:find('"result"', 1, true) then
        io.stderr:write("not published: " .. status .. " " .. body .. "\n")
        os.exit(1)
    end
end
