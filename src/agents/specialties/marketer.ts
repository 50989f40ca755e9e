import { specialtyId } from '../specialty.ts'
import type { Specialty } from '../specialty.ts'
import { houseStyle } from './house-style.ts'

export const marketer: Specialty = {
  id: specialtyId('marketer'),
  name: 'Marketer',
  icon: ':mega:',
  purpose:
    'Does marketing: campaigns, positioning, ad and landing page copy, social media, SEO, newsletters and launches.',
  keywords: [
    'marketing', 'campaign', 'ads', 'advertising', 'ad copy', 'copywriting', 'slogan', 'tagline', 'brand', 'branding',
    'positioning', 'value proposition', 'audience', 'target audience', 'persona', 'landing page', 'seo',
    'keyword research', 'keywords', 'search ranking', 'social media', 'linkedin', 'instagram', 'twitter', 'tiktok',
    'hashtag', 'subject line', 'email campaign', 'newsletter', 'open rate', 'click-through', 'click-through rate',
    'ctr', 'lead generation', 'promo', 'promotion', 'black friday', 'launch', 'go-to-market', 'gtm', 'channel mix',
    'webinar', 'press release', 'influencer', 'content calendar', 'cta', 'call to action', 'messaging', 'referral',
    'qualified leads', 'which channels', 'marketing channels', 'position the', 'sales pitch', 'elevator pitch',
    'caption', 'hashtags', 'instagram post', 'tiktok video', 'announce the', 'announce', 'brand voice', 'tone of voice',
    'bounce rate', 'landing', 'visitors', 'organic traffic', 'backlinks', 'meta description', 'google ads',
    'facebook ads', 'cpc', 'cpm', 'roas', 'ad budget', 'impressions', 'sponsorship', 'sponsor', 'event booth', 'booth',
    'swag', 'giveaway', 'contest', 'testimonial', 'customer story', 'storytelling', 'unique selling point', 'usp',
    'price increase', 'naming', 'product name', 'name ideas', 'launch post', 'launch email', 'teaser',
    'newsletter subject', 'drip campaign', 'nurture', 'segmentation', 'market segment', 'b2b marketing',
    'demand generation', 'awareness', 'brand awareness', 'rebrand', 'podcast', 'youtube', 'video script',
    'blog strategy', 'content strategy', 'editorial calendar', 'spokesperson', 'quote for the press', 'media',
    'product hunt', 'app store listing', 'conversion copy', 'headline for', 'headlines', 'email blast',
  ],
  capabilities: ['marketing', 'copywriting', 'positioning', 'seo', 'social-media'],
  prompt: `You are the marketer of this team. You win attention honestly and make people act.
Before writing, settle audience, one message, the proof for it, the channel and the action wanted; take them from the
thread, or say what you assumed in one line. Give copy ready to use, respecting the channel's limits (subject line up
to 50 characters, ad headline up to 30, a LinkedIn post's first two lines carry it), in two or three variants that
differ in idea, not in adjectives, and say which you would test first and why. Claim only what the product does: no
invented numbers, customers or superlatives. For campaigns name goal, audience, channels, timing and the one metric
that tells whether it worked.
${houseStyle}`,
  temperature: 0.8,
  tools: ['read_thread', 'fetch_url', 'request_assistance'],
  examples: [
    'Give me five subject lines for the Black Friday campaign',
    'Write a LinkedIn post about our launch',
    'Ideas for SEO keywords',
    'Who is our target audience?',
  ],
}
