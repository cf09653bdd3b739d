import NIOCore

extension ByteBuffer {
    /// Appends a reply as a JSON object in one line.
    mutating func writeJSON(_ reply: Reply) {
        writeObject { out in
            switch reply {
            case .ping: break
            case .error(let id, let error):
                out.writeField("id", id)
                out.writeObject("error") { out in
                    out.writeField("code", error.code)
                    out.writeField("message", error.message)
                    out.writeField("temporary", error.isTemporary)
                }
            case .result(let id, let result):
                out.writeField("id", id)
                out.writeFields(result)
            case .push(let channel, let content):
                out.writeObject("push") { out in
                    out.writeField("channel", channel)
                    out.writeFields(content)
                }
            }
        }
        // the comma that would separate it from a next value
        moveWriterIndex(to: writerIndex - 1)
    }

    private mutating func writeFields(_ result: CommandResult) {
        switch result {
        case .connect(let result): writeObject("connect") { $0.writeFields(result) }
        case .subscribe(let result): writeObject("subscribe") { $0.writeFields(result) }
        case .unsubscribe: writeObject("unsubscribe") { _ in }
        case .publish: writeObject("publish") { _ in }
        case .presence(let clients):
            writeObject("presence") { out in
                // SDKs hand it on as it is, and programs count what is in it
                out.writeEntries("presence", clients, evenEmpty: true) { out, info in
                    out.writeObject { $0.writeFields(info) }
                }
            }
        case .presenceStats(let clients, let users):
            writeObject("presence_stats") { out in
                out.writeName("num_clients")
                out.writeNumber(clients)
                out.writeName("num_users")
                out.writeNumber(users)
            }
        case .history(let result): writeObject("history") { $0.writeFields(result) }
        case .rpc(let data): writeObject("rpc") { $0.writeField("data", data) }
        case .refresh(let result):
            writeObject("refresh") { out in
                out.writeField("client", result.client)
                out.writeField("version", result.version)
                out.writeFields(expires: result.expires, ttl: result.ttl)
            }
        case .subRefresh(let expires, let ttl):
            writeObject("sub_refresh") { $0.writeFields(expires: expires, ttl: ttl) }
        }
    }

    private mutating func writeFields(_ content: PushContent) {
        switch content {
        case .publication(let publication): writeObject("pub") { $0.writeFields(publication) }
        case .join(let info): writeObject("join") { out in out.writeObject("info") { $0.writeFields(info) } }
        case .leave(let info): writeObject("leave") { out in out.writeObject("info") { $0.writeFields(info) } }
        case .unsubscribe(let code, let reason):
            writeObject("unsubscribe") { $0.writeFields(code: code, reason: reason) }
        case .message(let data): writeObject("message") { $0.writeField("data", data) }
        case .subscribe(let push):
            writeObject("subscribe") { out in
                out.writeField("recoverable", push.recoverable)
                out.writeField("epoch", push.epoch)
                out.writeField("offset", push.offset)
                out.writeField("positioned", push.positioned)
                out.writeField("data", push.data)
            }
        case .disconnect(let code, let reason):
            writeObject("disconnect") { $0.writeFields(code: code, reason: reason) }
        case .refresh(let expires, let ttl):
            writeObject("refresh") { $0.writeFields(expires: expires, ttl: ttl) }
        }
    }

    private mutating func writeFields(code: UInt32, reason: String) {
        writeField("code", code)
        writeField("reason", reason)
    }
}
