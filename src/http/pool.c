#include "http/priv.h"

static void work(struct peer *peer)
{
    struct http *http = peer->http;
    struct fault fault = {0};
    struct str body = buf_str(&peer->body);
    enum status status = OK;
    if (peer->request.method == METHOD_POST)
        status = app_parse_body(&peer->arena, body, &peer->request, &fault);
    if (status == OK)
        app_handle(http->app, &peer->request, &peer->response);
    else
        app_refuse(http->app, &peer->request, &fault, &peer->response);
    peer->phase = PHASE_ANSWER;
    MHD_resume_connection(peer->connection);
}

static void *run_worker(void *context)
{
    struct pool *pool = context;
    pthread_mutex_lock(&pool->lock);
    while (true) {
        struct peer *peer = pool->first;
        if (!peer && pool->stop)
            break;
        if (!peer) {
            pthread_cond_wait(&pool->wake, &pool->lock);
            continue;
        }
        pool->first = peer->next_job;
        if (!pool->first)
            pool->last = NULL;
        pool->queued--;
        pthread_mutex_unlock(&pool->lock);
        work(peer);
        pthread_mutex_lock(&pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

void pool_start(struct pool *pool, int workers)
{
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->wake, NULL);
    for (int i = 0; i < workers && i < WORKERS_MAX; i++)
        if (pthread_create(&pool->threads[pool->threads_n], NULL, run_worker, pool) == 0)
            pool->threads_n++;
}

bool pool_push(struct pool *pool, struct peer *peer)
{
    pthread_mutex_lock(&pool->lock);
    bool taken = !pool->stop && pool->queued < QUEUE_MAX && pool->threads_n > 0;
    if (taken) {
        peer->phase = PHASE_WORKING;
        atomic_store(&peer->deadline_ms, 0);
        MHD_suspend_connection(peer->connection);
        peer->next_job = NULL;
        *(pool->last ? &pool->last->next_job : &pool->first) = peer;
        pool->last = peer;
        pool->queued++;
        pthread_cond_signal(&pool->wake);
    }
    pthread_mutex_unlock(&pool->lock);
    return taken;
}

void pool_stop(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->stop = true;
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->threads_n; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->lock);
}
