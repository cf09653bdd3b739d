// ws for Node.js: a set of clients, and a send to each that is open, as in its example of a broadcast.
const { WebSocket, WebSocketServer } = require('ws');

const rooms = new Map();
const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2]), backlog: 4096 });

server.on('connection', (client, request) => {
    if (!rooms.has(request.url)) rooms.set(request.url, new Set());
    const room = rooms.get(request.url);
    room.add(client);
    client.on('error', () => {}); // 'close' comes after it
    client.on('close', () => room.delete(client));
    client.on('message', (data, isBinary) => {
        for (const member of room) {
            if (member.readyState === WebSocket.OPEN) member.send(data, { binary: isBinary });
        }
    });
});
